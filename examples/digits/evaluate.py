#!/usr/bin/env python3
"""Measure digits.tflite on the held-out images with TensorFlow Lite Micro.

Needs numpy and tflite-micro only, not TensorFlow.

Run:

    pip install numpy tflite-micro
    python examples/digits/evaluate.py

Prints the accuracy and the confusion matrix; writes nothing.
"""

import argparse
from pathlib import Path

import numpy as np
from tflite_micro import runtime

PIXEL_MAX = 16
HERE = Path(__file__).resolve().parent


def to_int8(images: np.ndarray) -> np.ndarray:
    """Quantise uint8 pixels 0..16 to the model's int8 input, [N, 8, 8, 1].

    The input tensor has scale 1/240 and zero point -128 for a float input of
    pixel / 16, which makes the result exactly 15 * pixel - 128.
    """
    return (15 * images.astype(np.int16) - 128).astype(np.int8)[..., np.newaxis]


def predict(model: bytes, images: np.ndarray) -> np.ndarray:
    """Return the class TensorFlow Lite Micro gives each image, [N]."""
    interpreter = runtime.Interpreter.from_bytes(model)
    classes = np.empty(len(images), np.uint8)
    for index, image in enumerate(to_int8(images)):
        interpreter.set_input(image[np.newaxis], 0)
        interpreter.invoke()
        classes[index] = interpreter.get_output(0).argmax()
    return classes


def accuracy(predicted: np.ndarray, labels: np.ndarray) -> str:
    """Say how many predictions are right, as a count and a percentage."""
    right = int((predicted == labels).sum())
    return f"{right} of {len(labels)} right, {100 * right / len(labels):.2f} %"


def main() -> None:
    parser = argparse.ArgumentParser(
        description="Measure digits.tflite on the held-out images with TensorFlow Lite Micro."
    )
    parser.add_argument("--model", type=Path, default=HERE / "digits.tflite")
    parser.add_argument("--images", type=Path, default=HERE / "images.npz")
    args = parser.parse_args()

    with np.load(args.images) as data:
        images, labels = data["images"], data["labels"]
    predicted = predict(args.model.read_bytes(), images)
    print(accuracy(predicted, labels))

    confusion = np.zeros((10, 10), int)
    np.add.at(confusion, (labels, predicted), 1)
    print("\nrows: label, columns: prediction")
    print("   " + "".join(f"{digit:4}" for digit in range(10)))
    for digit, row in enumerate(confusion):
        print(f"{digit:3}" + "".join(f"{count:4}" for count in row))


if __name__ == "__main__":
    main()
