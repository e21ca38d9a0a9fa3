"""The two bundled networks: the encoder and the reader, run by onnxruntime.

In: texts. Out: unit vectors from the encoder; from the reader, how likely a passage answers a question and
with which of its words.
Read `encoder` first.
"""
