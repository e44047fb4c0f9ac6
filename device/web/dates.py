"""Days and times as a clinic writes them, in the device's own time zone."""

from datetime import datetime

from flask import Flask

from device.web.words import load_words


def set_up(app: Flask) -> None:
    """Give pages the filters `day`, `date`, `ago`, `time` and `keep`."""
    app.jinja_env.filters.update(day=day, date=date, ago=ago, time=time, keep=keep)


def day(at: datetime) -> str:
    """Write the day in full, such as Wednesday 18 November."""
    return f"{at.astimezone():%A %-d %B}"


def date(at: datetime) -> str:
    """Write the day in short, with the year when it is another one."""
    here = at.astimezone()
    year = "" if here.year == datetime.now().astimezone().year else f" {here.year}"
    return f"{here:%-d %b}{year}"


def ago(at: datetime) -> str:
    """Say how many days ago it was: today, yesterday, a weekday of this week, else the date."""
    words = load_words()["today"]["ago"]
    here, today = at.astimezone(), datetime.now().astimezone().date()
    days = (today - here.date()).days
    if 0 <= days <= 1:
        return str(words["today" if days == 0 else "yesterday"])
    return f"{here:%A}" if 1 < days < 7 else date(at)


def time(at: datetime) -> str:
    """Write hours and minutes."""
    return f"{at.astimezone():%H:%M}"


def keep(days: int) -> str:
    """Say how long something is kept; 0 is until the patient is deleted."""
    words = load_words()["consent"]
    return str(words["for_days"]).format(days=days) if days else str(words["for_good"])
