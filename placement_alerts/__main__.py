"""The console script `placement-alerts`, also as `python -m placement_alerts`."""

from placement_alerts.cli import main

if __name__ == "__main__":
    main()
