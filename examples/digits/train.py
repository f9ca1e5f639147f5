#!/usr/bin/env python3
"""Train the digits example network and write it as an int8 .tflite model.

A small convolutional network is trained on the 8x8 grey digits bundled with
scikit-learn, then converted with full-integer post-training quantisation.

Run:

    pip install -r examples/digits/requirements.txt
    python examples/digits/train.py

Writes, next to this file unless --out-dir says otherwise:

    digits.tflite   the network: int8 input [1, 8, 8, 1], int8 output [1, 10]
    images.npz      the held-out test split: uint8 images [N, 8, 8] with pixels
                    0..16, and uint8 labels [N]

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
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from evaluate import PIXEL_MAX, accuracy, predict

CLASSES = 10
TEST_IMAGES = 400

# The float range the input tensor is quantised over. 17/16 in 255 steps is a
# scale of exactly 1/240, and so pixel p (p/16 as a float) becomes the int8
# value 15 * p - 128 without rounding.
INPUT_MAX = 17.0 / 16.0


def load_split(seed: int):
    """Return (train images, train labels, test images, test labels), all uint8."""
    digits = load_digits()
    images = digits.images.astype(np.uint8)
    labels = digits.target.astype(np.uint8)
    train_x, test_x, train_y, test_y = train_test_split(
        images, labels, test_size=TEST_IMAGES, stratify=labels, random_state=seed
    )
    return train_x, train_y, test_x, test_y


def to_float(images: np.ndarray) -> np.ndarray:
    """Scale uint8 pixels 0..16 to the network's float input, [N, 8, 8, 1] in 0..1."""
    return (images[..., np.newaxis] / PIXEL_MAX).astype(np.float32)


def build_network(batch: int | None = None) -> keras.Model:
    """Build the network; its batch normalisation folds away in the conversion."""

    def conv(x, name, filters, size):
        x = layers.Conv2D(filters, size, padding="same", use_bias=False, name=name)(x)
        return norm(x, name)

    def norm(x, name):
        return layers.BatchNormalization(momentum=0.9, name=f"{name}_norm")(x)

    inputs = keras.Input((8, 8, 1), batch_size=batch, name="image")

    # 8x8x1 -> 8x8x8
    x = conv(inputs, "stem", 8, 3)
    x = layers.ReLU(name="stem_relu")(x)

    # 8x8x8 -> 4x4x16, depthwise separable
    x = layers.DepthwiseConv2D(3, 2, padding="same", use_bias=False, name="depthwise")(x)
    x = norm(x, "depthwise")
    x = conv(x, "pointwise", 16, 1)
    x = layers.ReLU(max_value=6.0, name="pointwise_relu6")(x)

    # 4x4x16 residual block
    x = layers.Add(name="residual_add")([x, conv(x, "residual", 16, 3)])
    x = layers.ReLU(name="residual_relu")(x)

    # 4x4x16 -> 2x2x16 -> 64 -> 10
    x = layers.MaxPooling2D(2, name="pool")(x)
    x = layers.Reshape((64,), name="flatten")(x)
    x = layers.Dropout(0.2, name="dropout")(x)
    outputs = layers.Dense(CLASSES, activation="softmax", name="dense")(x)
    return keras.Model(inputs, outputs, name="digits")


def train(images: np.ndarray, labels: np.ndarray, epochs: int, batch: int) -> keras.Model:
    """Train for a fixed number of epochs and return the network."""
    network = build_network()
    steps = epochs * -(-len(images) // batch)
    network.compile(
        optimizer=keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(5e-3, steps)),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    network.fit(to_float(images), labels, batch_size=batch, epochs=epochs, verbose=2)
    return network


def quantise(network: keras.Model, images: np.ndarray) -> bytes:
    """Convert to a full-integer int8 model with a static batch of one."""

    single = build_network(batch=1)
    single.set_weights(network.get_weights())

    def calibration():
        for image in to_float(images):
            yield [image[np.newaxis]]
        white_point = np.zeros((1, 8, 8, 1), np.float32)
        white_point[0, 0, 0, 0] = INPUT_MAX
        yield [white_point]

    converter = tf.lite.TFLiteConverter.from_keras_model(single)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = calibration
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = tf.int8
    converter.inference_output_type = tf.int8
    return converter.convert()


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description="Train the digits example network and write it as an int8 .tflite model."
    )
    parser.add_argument("--epochs", type=int, default=40, help="default: %(default)s")
    parser.add_argument("--batch", type=int, default=32, help="batch size, default: %(default)s")
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

    train_x, train_y, test_x, test_y = load_split(args.seed)
    print(f"training on {len(train_x)} images, holding out {len(test_x)}")
    network = train(train_x, train_y, args.epochs, args.batch)

    print("quantising")
    model = quantise(network, train_x)

    args.out_dir.mkdir(parents=True, exist_ok=True)
    model_path = args.out_dir / "digits.tflite"
    images_path = args.out_dir / "images.npz"
    model_path.write_bytes(model)
    np.savez(images_path, images=test_x, labels=test_y)

    floats = network.predict(to_float(test_x), verbose=0).argmax(axis=1)
    print(f"float: {accuracy(floats, test_y)}")
    print(f"int8:  {accuracy(predict(model, test_x), test_y)}")
    for path in (model_path, images_path):
        print(f"wrote {path.name}, {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
