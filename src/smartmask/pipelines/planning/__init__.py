"""Scenes planned object by object, and the record that replays them."""
