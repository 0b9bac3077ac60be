"""The command line of jkn; starts the embedded database first where no DATABASE_URL is given."""

import os
import sys

WITHOUT_DATABASE = {"serve", "demo", "partners", "compilemessages", "collectstatic", "templates"}

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jkn.config.settings")
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    from jkn.config import embedded, environment

    command = sys.argv[1] if len(sys.argv) > 1 else ""
    given = environment.text("DATABASE_URL") or environment.switch("JKN_PRODUCTION")
    if not given and command not in WITHOUT_DATABASE:
        os.environ["DATABASE_URL"] = embedded.ensure(environment.var_folder())
    try:
        settings.DATABASES  # noqa: B018 (a setting that is wrong is said here, in one sentence)
    except ImproperlyConfigured as wrong:
        sys.exit(str(wrong))
    try:
        execute_from_command_line(sys.argv)
    except KeyboardInterrupt:  # before or beside a command's own work
        sys.exit(130)
