"""Signing in and out, in our own frame."""

from django.contrib.auth.models import User
from django.contrib.auth.views import LoginView, LogoutView


class SignIn(LoginView):
    """User name and password; then where the user came from, or where their work is."""

    template_name = "sign_in.html"
    extra_context = {"here": "sign-in"}  # noqa: RUF012 - as Django's class attribute is

    def get_default_redirect_url(self) -> str:
        """The desk for those who have one, the scan page for everybody else."""
        user = self.request.user
        return "/admin/" if isinstance(user, User) and user.is_staff else "/scan"


class SignOut(LogoutView):
    """By POST only."""

    next_page = "/"
