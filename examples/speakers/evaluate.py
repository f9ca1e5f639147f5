#!/usr/bin/env python3
"""Measure speakers.tflite on the test utterances with TensorFlow Lite Micro.

Needs numpy and tflite-micro only, not TensorFlow.

Run:

    pip install numpy tflite-micro
    python examples/speakers/evaluate.py

Prints the accuracy and the confusion matrix; writes nothing.
"""

import argparse
from pathlib import Path

import numpy as np
from tflite_micro import runtime

SPEAKERS = 9
HERE = Path(__file__).resolve().parent


def predict(model: bytes, utterances: np.ndarray) -> np.ndarray:
    """Return the speaker, 0..8, of each utterance; utterances are int8 [N, 30, 12]."""
    interpreter = runtime.Interpreter.from_bytes(model)
    speakers = np.empty(len(utterances), np.uint8)
    for index, utterance in enumerate(utterances):
        interpreter.set_input(utterance[np.newaxis, :, np.newaxis], 0)
        interpreter.invoke()
        speakers[index] = interpreter.get_output(0).argmax()
    return speakers


def accuracy(predicted: np.ndarray, labels: np.ndarray) -> str:
    """Say how many predictions are right, as a count and a percentage."""
    right = int((predicted == labels).sum())
    return f"{right} of {len(labels)} right, {100 * right / len(labels):.2f} %"


def main() -> None:
    parser = argparse.ArgumentParser(
        description="Measure speakers.tflite on the test utterances with TensorFlow Lite Micro."
    )
    parser.add_argument("--model", type=Path, default=HERE / "speakers.tflite")
    parser.add_argument("--utterances", type=Path, default=HERE / "utterances.npz")
    args = parser.parse_args()

    with np.load(args.utterances) as data:
        utterances, labels = data["utterances"], data["labels"]
    predicted = predict(args.model.read_bytes(), utterances)
    print(accuracy(predicted, labels))

    confusion = np.zeros((SPEAKERS, SPEAKERS), int)
    np.add.at(confusion, (labels, predicted), 1)
    print("\nrows: speaker, columns: prediction")
    print("   " + "".join(f"{speaker:4}" for speaker in range(SPEAKERS)))
    for speaker, row in enumerate(confusion):
        print(f"{speaker:3}" + "".join(f"{count:4}" for count in row))


if __name__ == "__main__":
    main()
