"""Journeys through the whole demo, over HTTP: what people do, what it costs, what may break."""
