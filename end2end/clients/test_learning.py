"""What is learned is what scikit-learn learns of the same examples, and is judged as it judges."""

import json
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

import numpy as np
from sklearn import metrics
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import Normalizer, StandardScaler

UNKNOWN = 2
# How small gradients become; what is left are the digits of single precision.
EXACT = 1e-7
GRID = (1e-4, 1e-3, 1e-2, 1e-1, 1.0, 10.0)


def clusters(seed: int, count: int, width: int, shares: list[float], apart: float):
    """Examples of classes in these proportions, and half as many to test with."""
    random = np.random.default_rng(seed)
    middles = random.normal(size=(len(shares), width)) * apart / np.sqrt(2 * width)
    # Features of different size, as embeddings have them, and none around 0.
    size = random.uniform(0.2, 2.0, size=width)
    of = random.choice(len(shares), size=count + count // 2, p=shares)
    rows = ((middles[of] + random.normal(size=(len(of), width))) * size + 0.3).astype(np.float32)
    return rows[:count], of[:count], rows[count:], of[count:]


def fitted(train, labels, test, held, *, classes, weights=None, **options):
    """What our own learns of these examples, and how it judges what it predicts of those to test with."""
    asked = {"exclusive": True, "scaling": "none", "penalty": 1.0, "balanced": False} | options
    asked |= {"width": train.shape[1], "classes": classes, "iterations": 5000}
    asked |= {"tolerance": EXACT if asked["penalty"] else 1e-5}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "problem.json").write_text(json.dumps(asked))
        for part, rows, said in (("train", train, labels), ("test", test, held)):
            (folder / f"{part}.f32").write_bytes(rows.astype("<f4").tobytes())
            (folder / f"{part}.labels").write_bytes(said.astype(np.uint8).tobytes())
        if weights is not None:
            (folder / "weights.f32").write_bytes(weights.astype("<f4").tobytes())
        subprocess.run([os.environ["ATELIER_FIT"], folder], check=True)
        result = json.loads((folder / "result.json").read_text())
    result["coefficients"] = np.array(result["coefficients"]).reshape(-1, train.shape[1])
    result["probabilities"] = np.array(result["probabilities"]).reshape(-1, classes)
    return result


def reference(penalty=1.0, balanced=False):
    class_weight = "balanced" if balanced else None
    return LogisticRegression(C=penalty, tol=EXACT, max_iter=5000, class_weight=class_weight)


def expected_calibration_error(probabilities, right) -> float:
    edges = np.linspace(0, 1, 11)
    bins = np.clip(np.searchsorted(edges, probabilities, side="left") - 1, 0, 9)
    inside = [bins == each for each in set(bins)]
    off = [abs(probabilities[each].mean() - right[each].mean()) * each.sum() for each in inside]
    return sum(off) / len(probabilities)


class Learning(unittest.TestCase):
    def same(self, ours, theirs, digits=1e-6):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=digits)

    def same_coefficients(self, result, coefficients, intercepts):
        """As far as single precision goes."""
        self.same(result["coefficients"], coefficients, 1e-3 * np.abs(coefficients).max())
        self.same(result["intercepts"], intercepts, 1e-3 * max(1, np.abs(intercepts).max()))

    def same_accuracy(self, result, model, test, held):
        ours = (result["probabilities"].argmax(axis=1) == held).mean()
        self.same(result["evaluation"]["accuracy"]["value"], ours)
        self.assertLessEqual(abs(ours - model.score(test, held)), 0.005)
        # Also where a class has most of the examples, others are found.
        self.assertGreater(result["evaluation"]["means"]["recall"], 1.2 / result["probabilities"].shape[1])

    def same_ranking(self, quality, truth, probabilities):
        if len(set(truth)) < 2:
            self.assertIsNone(quality["ranking"])
            return
        ranking = quality["ranking"]
        self.same(ranking["roc_auc"], metrics.roc_auc_score(truth, probabilities))
        self.same(ranking["average_precision"], metrics.average_precision_score(truth, probabilities))
        precision, recall, thresholds = metrics.precision_recall_curve(truth, probabilities)
        sums = precision[:-1] + recall[:-1]
        f1 = np.divide(2 * precision[:-1] * recall[:-1], sums, out=np.zeros_like(sums), where=sums > 0)
        self.same(ranking["best"]["f1"], f1.max())
        self.same(ranking["best"]["threshold"], thresholds[np.flatnonzero(f1 >= f1.max() - 1e-12)[-1]])
        # Thinned, the curve has the same area.
        points = np.array([(point["false_positive_rate"], point["true_positive_rate"]) for point in ranking["roc"]])
        self.assertLessEqual(len(points), 200)
        self.same(metrics.auc(points[:, 0], points[:, 1]), ranking["roc_auc"], 1e-3)

    def same_figures(self, result, held, classes):
        """Of exclusive classes, what scikit-learn says of the same probabilities."""
        found, probabilities = result["evaluation"], result["probabilities"]
        predicted, labels = probabilities.argmax(axis=1), list(range(classes))
        self.assertEqual(found["confusion"], metrics.confusion_matrix(held, predicted, labels=labels).tolist())
        self.same(found["log_loss"], metrics.log_loss(held, probabilities, labels=labels))
        scores = probabilities[:, 1] if classes == 2 else probabilities
        self.same(found["brier"], metrics.brier_score_loss(held, scores, labels=labels))
        calibrated = expected_calibration_error(probabilities.max(axis=1), predicted == held)
        self.same(found["calibration"]["expected_error"], calibrated)
        shares = metrics.precision_recall_fscore_support(held, predicted, labels=labels, zero_division=0)
        for name, values in zip(("precision", "recall", "f1"), shares):
            self.same([quality[name] or 0 for quality in found["classes"]], values)
            self.same(found["means"][name], values.mean())
        self.assertEqual([quality["truth"]["positive"] for quality in found["classes"]], shares[3].tolist())
        for each, quality in enumerate(found["classes"]):
            self.same_ranking(quality, held == each, probabilities[:, each])

    def test_classes_are_told_apart_by_the_same_coefficients(self):
        even = lambda classes: [1 / classes] * classes
        cases = [
            ("two classes", dict(count=600, width=20, shares=even(2), apart=2.0), dict(penalty=1.0)),
            ("ten classes", dict(count=1500, width=60, shares=even(10), apart=6.0), dict(penalty=0.1)),
            ("more features than examples", dict(count=90, width=300, shares=even(3), apart=8.0), dict(penalty=1.0)),
            ("few of a class", dict(count=900, width=12, shares=[0.9, 0.07, 0.03], apart=3.0), dict(penalty=10.0)),
            ("balanced", dict(count=900, width=12, shares=[0.9, 0.07, 0.03], apart=3.0), dict(balanced=True)),
            ("two balanced", dict(count=500, width=8, shares=[0.9, 0.1], apart=2.0), dict(balanced=True)),
        ]
        for seed, (name, data, options) in enumerate(cases):
            with self.subTest(name):
                train, labels, test, held = clusters(seed, **data)
                classes = len(data["shares"])
                result = fitted(train, labels, test, held, classes=classes, **options)
                model = reference(**options).fit(train.astype(np.float64), labels)
                self.same_coefficients(result, model.coef_, model.intercept_)
                self.same(result["probabilities"], model.predict_proba(test.astype(np.float64)), 1e-3)
                self.same_accuracy(result, model, test, held)
                self.same_figures(result, held, classes)

    def test_examples_count_by_their_weights(self):
        train, labels, test, held = clusters(20, 400, 10, [0.5, 0.3, 0.2], 2.0)
        weights = np.random.default_rng(1).uniform(0.1, 5.0, size=len(train)).astype(np.float32)
        for balanced in (False, True):
            with self.subTest(balanced=balanced):
                result = fitted(train, labels, test, held, classes=3, weights=weights, balanced=balanced)
                model = reference(balanced=balanced).fit(train.astype(np.float64), labels, sample_weight=weights)
                self.same_coefficients(result, model.coef_, model.intercept_)
                self.same_accuracy(result, model, test, held)

    def test_features_are_scaled_alike(self):
        train, labels, test, held = clusters(30, 500, 30, [0.4, 0.3, 0.3], 3.0)
        for scaling, scaler in (("standard", StandardScaler()), ("length", Normalizer())):
            with self.subTest(scaling):
                result = fitted(train, labels, test, held, classes=3, scaling=scaling)
                model = make_pipeline(scaler, reference()).fit(train.astype(np.float64), labels)
                self.same_coefficients(result, model[-1].coef_, model[-1].intercept_)
                self.same(result["probabilities"], model.predict_proba(test.astype(np.float64)), 1e-3)

    def test_concepts_are_told_each_by_itself_from_what_is_known_of_it(self):
        random = np.random.default_rng(40)
        train, test = random.normal(size=(2, 500, 25)).astype(np.float32)
        middles = random.normal(size=(25, 4))
        say = lambda rows: (rows @ middles + random.normal(size=(len(rows), 4)) > [0, 3, 6, -4]).astype(np.uint8)
        said, held = say(train), say(test)
        for labels in (said, held):
            labels[random.uniform(size=labels.shape) < [0, 0.3, 0.1, 0.6]] = UNKNOWN
        for balanced in (False, True):
            with self.subTest(balanced=balanced):
                result = fitted(train, said, test, held, classes=4, exclusive=False, balanced=balanced)
                found, probabilities = result["evaluation"], result["probabilities"]
                for concept in range(4):
                    known = said[:, concept] != UNKNOWN
                    model = reference(balanced=balanced).fit(train[known].astype(np.float64), said[known, concept])
                    alone = {"coefficients": result["coefficients"][[concept]]}
                    alone["intercepts"] = [result["intercepts"][concept]]
                    self.same_coefficients(alone, model.coef_, model.intercept_)
                    judged = held[:, concept] != UNKNOWN
                    truth, scores = held[judged, concept], probabilities[judged, concept]
                    quality = found["classes"][concept]
                    self.same_ranking(quality, truth, scores)
                    shares = metrics.precision_recall_fscore_support(truth, scores >= 0.5, average="binary")
                    self.same([quality["precision"], quality["recall"], quality["f1"]], shares[:3])
                    theirs = model.score(test[judged].astype(np.float64), truth)
                    self.assertLessEqual(abs((truth == (scores >= 0.5)).mean() - theirs), 0.005)
                judged = held != UNKNOWN
                truth, scores = held[judged], probabilities[judged]
                self.same(found["log_loss"], metrics.log_loss(truth, scores))
                self.same(found["brier"], metrics.brier_score_loss(truth, scores))
                self.same(found["accuracy"]["value"], metrics.accuracy_score(truth, scores >= 0.5))
                self.same(found["calibration"]["expected_error"], expected_calibration_error(scores, truth))

    def test_the_penalty_that_is_chosen_is_about_the_best(self):
        for seed, apart in ((50, 1.5), (51, 5.0), (52, 12.0)):
            with self.subTest(apart=apart):
                train, labels, test, held = clusters(seed, 400, 120, [0.25] * 4, apart)
                result = fitted(train, labels, test, held, classes=4, scaling="standard", penalty=None)
                self.assertIn(result["penalty"], GRID)
                losses = []
                for penalty in GRID:
                    model = make_pipeline(StandardScaler(), LogisticRegression(C=penalty, max_iter=1000))
                    model.fit(train, labels)
                    losses.append(metrics.log_loss(held, model.predict_proba(test)))
                self.assertLessEqual(result["evaluation"]["log_loss"], 1.15 * min(losses))
                self.assertLess(1.3 * min(losses), max(losses), "any penalty would do here")

    def test_digits_are_read_as_well_as_with_the_best_penalty(self):
        """Pictures that people drew, with all left as it is unless one says otherwise."""
        rows, labels = load_digits(return_X_y=True)
        order = np.random.default_rng(60).permutation(len(rows))
        rows, labels = rows[order].astype(np.float32), labels[order]
        train, test, said, held = rows[:600], rows[600:], labels[:600], labels[600:]
        result = fitted(train, said, test, held, classes=10, scaling="common", penalty=None)
        size = train.std(axis=0)
        scaled = lambda rows: (rows - train.mean(axis=0)) / np.sqrt((size**2).mean())
        models = [LogisticRegression(C=penalty, max_iter=1000).fit(scaled(train), said) for penalty in GRID]
        best = min(metrics.log_loss(held, model.predict_proba(scaled(test))) for model in models)
        self.assertLessEqual(result["evaluation"]["log_loss"], 1.05 * best)
        self.assertGreater(result["evaluation"]["accuracy"]["value"], 0.93)
        same = next(model for penalty, model in zip(GRID, models) if penalty == result["penalty"])
        self.same_accuracy(result, same, scaled(test), held)
        self.same_figures(result, held, 10)
