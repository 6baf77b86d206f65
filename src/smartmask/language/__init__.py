"""Words: what a prompt asks for, which nouns, poses, numbers and relations it holds, and how scenes are put
into words. By rule, without a network; knows `scene` alone.
"""
