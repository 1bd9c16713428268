"""What people of the sample community are called, in the script of their locale. Nothing is drawn for it.

Names are made of common ones; whoever bears such a name is not meant.
"""

from __future__ import annotations

import numpy as np

from pipelines.sample.calendar import Texts
from pipelines.sample.population import Population

_FAMILY_ZH = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
_GIVEN_ZH = (
    "伟", "静", "子涵", "雨桐", "浩然", "欣怡", "宇轩", "思远", "晓东", "佳琪", "明", "丽华", "俊杰", "梦洁", "志强",
    "雅文", "天宇", "若曦", "文博", "诗涵", "建国", "敏", "泽宇", "可欣", "家豪", "海燕", "一鸣", "婉清", "磊", "书瑶",
    "嘉怡", "子墨", "晨", "语嫣", "鹏飞", "小雨", "国栋", "芷若", "瑞", "安琪", "启航",
)  # fmt: skip
_GIVEN_EN = (
    "Ana", "Ben", "Chloe", "Daniel", "Emma", "Felix", "Grace", "Henry", "Iris", "Jack", "Kate", "Liam", "Maya", "Noah",
    "Olivia", "Peter", "Quinn", "Rosa", "Sam", "Tara", "Umar", "Vera", "Will", "Ximena", "Yusuf", "Zoe", "Aisha",
    "Bruno", "Carla", "Diego", "Elif", "Farid", "Greta", "Hugo", "Ines", "Jonas", "Kim",
)  # fmt: skip
_FAMILY_EN = (
    "Adams", "Baker", "Clarke", "Díaz", "Evans", "Fischer", "García", "Hughes", "Ivanov", "Jones", "Kaya", "Larsen",
    "Müller", "Novak", "O'Brien", "Patel", "Quist", "Rossi", "Silva", "Taylor", "Usman", "Varga", "Walker", "Yamada",
    "Zhang", "Andersson", "Bauer", "Costa", "Dubois", "Eriksen", "Fofanah",
)  # fmt: skip
_SITE = "https://community.example/u/"
_NAMELESS, _PAGELESS = 19, 7
"""One member in so many gave no name, or has no page."""


def display_names(people: Population) -> Texts:
    """Return what each member is called; None for who gave no name."""
    names = [_name(number, str(locale)) for number, locale in enumerate(people.locale)]
    for number, role in enumerate(people.role):
        if role == "bot":
            names[number] = f"helper-bot-{number}"
        elif number % _NAMELESS == _NAMELESS - 1:
            names[number] = None
    return np.array(names, dtype=object)


def profile_urls(people: Population) -> Texts:
    """Return the address of each member's page; None for who has none."""
    pages = [None if number % _PAGELESS == 0 else f"{_SITE}{name}" for number, name in enumerate(people.ids)]
    return np.array(pages, dtype=object)


def _name(number: int, locale: str) -> str | None:
    """Return the name of a member by number: neighbours differ in both parts, and pairs come back late."""
    if locale.startswith("zh"):
        return _FAMILY_ZH[number % len(_FAMILY_ZH)] + _GIVEN_ZH[(3 * number) % len(_GIVEN_ZH)]
    return f"{_GIVEN_EN[number % len(_GIVEN_EN)]} {_FAMILY_EN[(3 * number) % len(_FAMILY_EN)]}"
