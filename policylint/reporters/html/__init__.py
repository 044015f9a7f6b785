"""Report → one page of HTML for people without the tool: legal, marketing, a meeting."""

from policylint.reporters.html.page import render as render
