"""The papers' protocols as test modules.

``pytest --colordeg --pyargs pytest_colordeg.experiments --colordeg-images=FOLDER`` runs them.

Each claim of a paper is one item. It is evaluated on the images of ``--colordeg-images``, and
its outcome is told with its figures: reproduced, not reproduced, or not testable here. A claim's
test fails only when it could not be evaluated. No baseline is read.
"""
