"""Role-named files deliver, noun-named files decide: who may import what inside an app."""

import ast
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
APPS = ["journal", "documents", "accounts", "vehicles", "subscriptions", "services", "community", "shop"]
# Files that carry a request to a decision and its answer back.
DELIVERY = {
    "views",
    "staff_views",
    "forms",
    "serializers",
    "api",
    "api_urls",
    "urls",
    "consumers",
    "tasks",
    "admin",
    "middleware",
    "adapters",
    "backoffice",
    "staff_forms",
    "staff_api",
}
WIRING = {"apps", "kinds", "notices", "reactions", "schedule", "demo", "__init__"}
FORBIDDEN_BELOW = ("django.http", "django.shortcuts", "django.views", "rest_framework", "channels")
NEVER = {"service", "services", "manager", "managers", "helper", "helpers", "util", "utils"}


def python_files(app: str) -> list[Path]:
    return [p for p in sorted((ROOT / app).rglob("*.py")) if "migrations" not in p.parts]


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.update([node.module, *(f"{node.module}.{alias.name}" for alias in node.names)])
    return names


def is_noun(path: Path) -> bool:
    # Pages that would fill views.py beyond measure: sharing_views.py, booking_views.py.
    if path.stem.endswith(("_views", "_api", "_forms", "_serializers", "_adapters", "_urls", "_admin")):
        return False
    return path.stem not in DELIVERY | WIRING and "management" not in path.parts


NOUNS = [p for app in APPS for p in python_files(app) if is_noun(p)]
EVERY_FILE = [p for app in [*APPS, "common", "portal"] for p in python_files(app)]


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", NOUNS, ids=named)
def test_noun_modules_know_no_http(path: Path) -> None:
    wrong = [name for name in imported(path) if name.startswith(FORBIDDEN_BELOW)]
    assert not wrong, f"{named(path)} imports {wrong}"


@pytest.mark.parametrize("path", NOUNS, ids=named)
def test_noun_modules_never_import_what_delivers(path: Path) -> None:
    wrong = [
        name for name in imported(path) if name.split(".")[0] in APPS and set(name.split(".")[1:]) & DELIVERY
    ]
    assert not wrong, f"{named(path)} imports {wrong}"


@pytest.mark.parametrize("path", NOUNS, ids=named)
def test_noun_modules_are_told_the_time(path: Path) -> None:
    allowed = {"journal/log.py"}  # stamps what it records; everybody else is told
    source = path.read_text()
    assert named(path) in allowed or not any(
        call in source for call in ("timezone.now()", "datetime.now(", "date.today(")
    ), f"{named(path)} reads the clock itself"


@pytest.mark.parametrize("path", EVERY_FILE, ids=named)
def test_across_apps_only_models_and_nouns_are_imported(path: Path) -> None:
    own = path.relative_to(ROOT).parts[0]
    wrong = [
        name
        for name in imported(path)
        if name.split(".")[0] in APPS
        and name.split(".")[0] != own
        and len(name.split(".")) > 1
        and name.split(".")[1] in DELIVERY - {"api_urls", "urls"}
        # The one look of the back office.
        and not (path.stem == "admin" and name.startswith("accounts.backoffice"))
    ]
    assert not wrong, f"{named(path)} imports {wrong}"


@pytest.mark.parametrize("path", EVERY_FILE, ids=named)
def test_no_file_is_named_after_nothing(path: Path) -> None:
    assert path.stem not in NEVER
