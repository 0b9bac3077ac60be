"""The command line of jkn; starts the embedded database first where no DATABASE_URL is given."""

import os
import sys

WITHOUT_DATABASE = {"serve", "demo", "partners", "compilemessages", "collectstatic", "templates"}

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jkn.config.settings")
    from django.core.management import execute_from_command_line

    from jkn.config import embedded, environment

    command = sys.argv[1] if len(sys.argv) > 1 else ""
    if not os.environ.get("DATABASE_URL") and command not in WITHOUT_DATABASE:
        os.environ["DATABASE_URL"] = embedded.ensure(environment.var_folder())
    execute_from_command_line(sys.argv)
