import subprocess
import zipfile
from pathlib import Path

from hatchling.builders.wheel import WheelBuilder

import placement_alerts.web.pages

ROOT = Path(__file__).parents[3]
PAGES = Path(placement_alerts.web.pages.__file__).parent
FILES = sorted([*PAGES.glob("templates/*.html"), *PAGES.glob("static/*")])


def test_wheel_holds_every_template_and_static_file(tmp_path: Path) -> None:
    (wheel,) = WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    assert {str(file.relative_to(ROOT)) for file in FILES} <= set(zipfile.ZipFile(wheel).namelist())
    assert len(FILES) >= 10


def test_no_template_or_static_file_is_ignored_by_git() -> None:
    found = subprocess.run(["git", "-C", ROOT, "check-ignore", *FILES], capture_output=True, text=True)

    assert (found.returncode, found.stdout) == (1, "")
