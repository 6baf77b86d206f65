"""Words: what a prompt asks for, which nouns, poses, numbers and relations it holds, how scenes are put into
words, and how large things are. By rule and table, without a network; knows `scene` and `errors` alone.
"""
