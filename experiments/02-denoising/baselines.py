#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What repairs without a network: baselines.py prints MSE, PSNR and SSIM, by SciPy and scikit-learn, of spoilt
Fashion-MNIST test images as they are, under a 3 x 3 median filter, and projected onto 64 principal components of the
clean training images. The noise has the experiment's levels and a seed of its own; PSNR and SSIM (11 x 11 Gaussian
window, sigma 1.5) are means over images."""
import gzip

import numpy
from scipy.ndimage import correlate1d, median_filter
from sklearn.decomposition import PCA

FOLDER, LEVEL = "/usr/share/datasets/fashion-mnist", 0.4
WINDOW = numpy.exp(-((numpy.arange(11) - 5) ** 2) / 4.5)
WINDOW /= WINDOW.sum()


def images(name):
    with gzip.open(f"{FOLDER}/{name}.gz") as f:
        return numpy.frombuffer(f.read(), numpy.uint8, offset=16).reshape(-1, 28, 28) / 255


def smooth(x):
    return correlate1d(correlate1d(x, WINDOW, 1), WINDOW, 2)[:, 5:-5, 5:-5]


def ssim(x, y):
    mx, my = smooth(x), smooth(y)
    vx, vy, c = smooth(x * x) - mx * mx, smooth(y * y) - my * my, smooth(x * y) - mx * my
    return ((2 * mx * my + 1e-4) * (2 * c + 9e-4) / ((mx * mx + my * my + 1e-4) * (vx + vy + 9e-4))).mean()


train, clean = images("train-images-idx3-ubyte"), images("t10k-images-idx3-ubyte")
draw = numpy.random.default_rng(0)
hit = draw.random(clean.shape) < LEVEL
spoilt = {"gaussian": clean + LEVEL * draw.standard_normal(clean.shape), "masking": numpy.where(hit, 0, clean),
          "salt_pepper": numpy.where(hit, draw.random(clean.shape) < 0.5, clean)}
pca = PCA(64, svd_solver="full").fit(train.reshape(-1, 784))
print(f"{'noise':12}{'repair':14}{'mse':>8}{'psnr':>8}{'ssim':>8}")
for noise, x in spoilt.items():
    projected = pca.inverse_transform(pca.transform(x.reshape(-1, 784))).reshape(-1, 28, 28)
    for repair, y in {"none": x, "median 3 x 3": median_filter(x, (1, 3, 3)), "PCA 64": projected}.items():
        error = ((y - clean) ** 2).mean((1, 2))
        psnr = (10 * numpy.log10(1 / error)).mean()
        print(f"{noise:12}{repair:14}{error.mean():8.4f}{psnr:8.2f}{ssim(clean, y):8.3f}", flush=True)
