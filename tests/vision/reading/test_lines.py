"""The script of a line, and lines made upright."""

import numpy as np
import pytest

from samegoods.vision.reading.lines import language_of, length_spelled, rectified


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Zutaten: Zucker, Öl", "latin"),
        ("СДЕЛАНО В РОССИИ", "cyrillic"),
        ("국산 과자 500g", "korean"),
        ("韓國 과자", "korean"),
        ("駄菓子屋さん", "japanese"),
        ("カルパス", "japanese"),
        ("ｶﾙﾊﾟｽ", "japanese"),
        ("净含量", "han"),
        ("ＡＢＣ", "latin"),
        ("Καφές", "greek"),
        ("ขนม", "thai"),
        ("سكر", "arabic"),
        ("12,90", "none"),
        ("", "none"),
        ("₩ 3,500", "none"),
        ("Choco 초코파이", "korean"),
        ("Orion Choco Pie 초코", "latin"),
    ],
)
def test_a_line_is_in_the_script_of_most_of_its_letters(text: str, language: str):
    assert language_of(text) == language


def test_a_line_is_cut_out_upright():
    picture = np.zeros((100, 200, 3), np.uint8)
    picture[20:30, 50:90] = 255
    picture[20:30, 50:60] = (255, 0, 0)
    quad = np.array([[50, 20], [90, 20], [90, 30], [50, 30]], np.float32) - 0.5
    upright = rectified(picture, quad)
    assert upright.shape == (10, 40, 3)
    assert (upright[5, 5] == (255, 0, 0)).all()
    on_its_head = rectified(picture, quad[[2, 3, 0, 1]])
    assert (on_its_head[5, 35] == (255, 0, 0)).all()


def test_a_line_that_runs_downwards_is_laid_across():
    picture = np.zeros((200, 100), np.uint8)
    quad = np.array([[40, 20], [60, 20], [60, 120], [40, 120]], np.float32)
    assert rectified(picture, quad).shape == (20, 100)


@pytest.mark.parametrize(("text", "whole"), [("3,500원", True), ("3,500", False), ("Zucker und Mehl", True)])
def test_letters_that_a_reader_left_out_show_in_the_length(text: str, whole: bool):
    em = {"3,500원": 3.0, "3,500": 3.0, "Zucker und Mehl": 7.0}[text]
    quad = np.array([[0, 0], [30 * em, 0], [30 * em, 30], [0, 30]], np.float32)
    assert (length_spelled(text, quad) > 0.9) == whole
