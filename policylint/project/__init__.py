"""Files beside a campaign → facts about who carries its messages; facts and defaults → a completed campaign record."""
