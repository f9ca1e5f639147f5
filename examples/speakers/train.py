#!/usr/bin/env python3
"""Train the speakers example network and write it as an int8 .tflite model.

A network of convolutions over time is trained on the Japanese Vowels that the
package sktime contains, then converted with full-integer post-training
quantisation.

Run:

    pip install -r examples/speakers/requirements.txt
    python examples/speakers/train.py

Writes, next to this file unless --out-dir says otherwise:

    speakers.tflite  the network: int8 input [1, 30, 1, 12], int8 output [1, 9]
    utterances.npz   the test utterances: int8 `utterances` [370, 30, 12], the
                     frames behind the end are 0; uint8 `lengths` [370], frames;
                     uint8 `labels` [370], the speakers

All seeds are fixed, so the same package versions on the same processor give
the same files; elsewhere the weights may differ in their last bits.
"""

import argparse
import os
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np
import tensorflow as tf
from keras import layers
from sktime.datasets import load_japanese_vowels

from evaluate import SPEAKERS, accuracy, predict

# Frames of an utterance and coefficients of a frame. The longest utterance has
# 29 frames.
FRAMES = 30
COEFFICIENTS = 12

# A coefficient c becomes the int8 value round(56 * c): -128/56 to 127/56 holds
# all of them, and 0, the frame of silence, stays 0.
STEPS = 56.0


def load(split: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return int8 utterances [N, 30, 12], their lengths and their speakers 0..8."""
    table, speakers = load_japanese_vowels(split=split, return_type="df-list")
    utterances = np.zeros((len(table), FRAMES, COEFFICIENTS), np.int8)
    lengths = np.array([len(series) for series in table], np.uint8)
    for utterance, series in zip(utterances, table, strict=True):
        steps = np.round(STEPS * series.to_numpy())
        utterance[: len(steps)] = np.clip(steps, -128, 127)
    return utterances, lengths, speakers.astype(np.uint8) - np.uint8(1)


def to_float(utterances: np.ndarray) -> np.ndarray:
    """The network's float input, [N, 30, 1, 12]."""
    return (utterances[:, :, np.newaxis] / STEPS).astype(np.float32)


def build_network(batch: int | None = None) -> keras.Model:
    """Build the network; its batch normalisation folds away in the conversion."""

    def norm_relu(x, name):
        x = layers.BatchNormalization(momentum=0.9, name=f"{name}_norm")(x)
        return layers.ReLU(name=f"{name}_relu")(x)

    def conv(x, name, filters, frames, **options):
        layer = layers.Conv2D(
            filters, (frames, 1), padding="same", use_bias=False, name=name, **options
        )
        return norm_relu(layer(x), name)

    inputs = keras.Input((FRAMES, 1, COEFFICIENTS), batch_size=batch, name="frames")

    # 30x12 -> 30x24: what the mouth does within 5 frames, 51 ms
    x = conv(inputs, "stem", 24, 5)

    # 30x24 -> 15x32, depthwise separable: within 10 frames
    x = layers.DepthwiseConv2D((5, 1), 1, padding="same", use_bias=False, name="depthwise")(x)
    x = norm_relu(x, "depthwise")
    x = conv(x, "pointwise", 32, 1)
    x = layers.MaxPooling2D((2, 1), name="pool")(x)

    # 15x32 -> 15x32, every second one of 5 frames
    x = conv(x, "dilated", 32, 3, dilation_rate=(2, 1))

    # 15x32 -> 32 -> 9
    x = layers.GlobalAveragePooling2D(name="mean")(x)
    x = layers.Dropout(0.3, name="dropout")(x)
    outputs = layers.Dense(SPEAKERS, activation="softmax", name="dense")(x)
    return keras.Model(inputs, outputs, name="speakers")


def vary(utterances: np.ndarray, labels: np.ndarray, copies: int, seed: int):
    """Copies that begin up to 2 frames later or earlier and have noise."""
    random = np.random.default_rng(seed)
    values = np.tile(to_float(utterances), (copies, 1, 1, 1))
    silent = ~values.any(axis=(2, 3), keepdims=True)
    values += random.normal(0.0, 0.08, values.shape) * ~silent
    # The same offset in all frames: another microphone.
    values += random.normal(0.0, 0.05, (len(values), 1, 1, COEFFICIENTS)) * ~silent
    for value, shift in zip(values, random.integers(-2, 3, len(values)), strict=True):
        value[:] = np.roll(value, shift, axis=0)
    return values.astype(np.float32), np.tile(labels, copies)


def train(utterances: np.ndarray, labels: np.ndarray, args: argparse.Namespace) -> keras.Model:
    """Train for a fixed number of epochs and return the network."""
    values, targets = vary(utterances, labels, args.copies, args.seed)
    network = build_network()
    steps = args.epochs * -(-len(values) // args.batch)
    network.compile(
        optimizer=keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(5e-3, steps)),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    network.fit(values, targets, batch_size=args.batch, epochs=args.epochs, verbose=2)
    return network


def quantise(network: keras.Model, utterances: np.ndarray) -> bytes:
    """Convert to a full-integer int8 model with a static batch of one."""
    single = build_network(batch=1)
    single.set_weights(network.get_weights())

    def calibration():
        for value in to_float(utterances):
            yield [value[np.newaxis]]
        ends = np.zeros((1, FRAMES, 1, COEFFICIENTS), np.float32)
        ends[0, 0, 0, :2] = -128 / STEPS, 127 / STEPS
        yield [ends]

    converter = tf.lite.TFLiteConverter.from_keras_model(single)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = calibration
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = tf.int8
    converter.inference_output_type = tf.int8
    return converter.convert()


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description="Train the speakers example network and write it as an int8 .tflite model."
    )
    parser.add_argument("--epochs", type=int, default=30, help="default: %(default)s")
    parser.add_argument("--batch", type=int, default=32, help="batch size, default: %(default)s")
    parser.add_argument(
        "--copies", type=int, default=8, help="of each utterance, varied; default: %(default)s"
    )
    parser.add_argument("--seed", type=int, default=1, help="default: %(default)s")
    parser.add_argument(
        "--out-dir",
        type=Path,
        default=Path(__file__).resolve().parent,
        help="where the files go, default: next to this script",
    )
    return parser.parse_args()


def main() -> None:
    args = parse_args()
    keras.utils.set_random_seed(args.seed)
    tf.config.experimental.enable_op_determinism()

    train_x, _, train_y = load("train")
    test_x, lengths, test_y = load("test")
    # Not one speaker after the other.
    order = np.random.default_rng(args.seed).permutation(len(test_x))
    test_x, lengths, test_y = test_x[order], lengths[order], test_y[order]
    print(f"training on {len(train_x)} utterances, testing on {len(test_x)}")
    network = train(train_x, train_y, args)

    print("quantising")
    model = quantise(network, train_x)

    args.out_dir.mkdir(parents=True, exist_ok=True)
    model_path = args.out_dir / "speakers.tflite"
    data_path = args.out_dir / "utterances.npz"
    model_path.write_bytes(model)
    np.savez_compressed(data_path, utterances=test_x, lengths=lengths, labels=test_y)

    floats = network.predict(to_float(test_x), verbose=0).argmax(axis=1)
    print(f"float: {accuracy(floats, test_y)}")
    print(f"int8:  {accuracy(predict(model, test_x), test_y)}")
    for path in (model_path, data_path):
        print(f"wrote {path.name}, {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
