"""The console script."""


def main() -> None:
    """Run the command line."""
    from placement_alerts.cli import app

    app()


if __name__ == "__main__":
    main()
