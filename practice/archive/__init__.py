"""The archive of a practice: all it has, encrypted to a key that its owner holds, for another installation to import.

`contents` says what is in it, `parts` reads one table, `making` is the worker's part, `asking` the owner's, `reading`
checks a file and `importing` writes it into a database. The rules that must not break: no byte of it lies on a disk
unencrypted, this installation cannot open it, and it holds rows of one practice alone.
"""
