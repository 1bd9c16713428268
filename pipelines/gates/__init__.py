"""The three gates: deliveries, facts, predictions. Each runs its suites, keeps verdicts and says what flows on."""
