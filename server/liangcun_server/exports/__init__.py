"""Tables to hand around: rankings and scorecards as CSV, JSON and Excel."""
