"""What several commands say of an option."""

OPERATING_POINT_HELP = "Which cut-offs: balanced, careful (few false alarms) or wide (few misses); see `dunwatch model show`."
