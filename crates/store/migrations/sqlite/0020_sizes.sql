-- How large tables become, and how many rows there are to each value of an index: SQLite plans by it. Of itself it takes an
-- app for ten rows, and went through all of an app's annotations rather than look up those of an input. Nothing is measured,
-- so that statements are planned alike everywhere.
ANALYZE sqlite_schema;
DELETE FROM sqlite_stat1 WHERE tbl IN ('inputs', 'annotations', 'annotation_concepts', 'assignments', 'dataset_inputs', 'input_words_places');
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('inputs', 'inputs_app', '1000000 100000 1'),
    ('inputs', 'inputs_places', '100000 10000 2 1'),
    ('inputs', 'inputs_sha256', '1000000 100000 1'),
    ('inputs', 'sqlite_autoindex_inputs_1', '1000000 1'),
    ('inputs', 'sqlite_autoindex_inputs_2', '1000000 100000 1'),
    ('annotations', 'annotations_app', '5000000 500000 1'),
    ('annotations', 'annotations_author', '5000000 500000 25000 2'),
    ('annotations', 'annotations_input', '5000000 5 1'),
    ('annotations', 'annotations_task', '1000000 100000 2 1'),
    ('annotations', 'sqlite_autoindex_annotations_1', '5000000 1'),
    ('annotations', 'sqlite_autoindex_annotations_2', '5000000 500000 1'),
    ('annotation_concepts', 'annotation_concepts_concept', '5000000 500000 25000 1 1'),
    ('annotation_concepts', 'sqlite_autoindex_annotation_concepts_1', '5000000 1 1'),
    ('assignments', 'assignments_input', '500000 2'),
    ('assignments', 'assignments_person', '500000 250000 25000 1'),
    ('assignments', 'assignments_pool', '250000 100000 1'),
    ('assignments', 'assignments_state', '500000 100000 25000 1'),
    ('assignments', 'assignments_worker', '500000 100000 5000 2500 1'),
    ('assignments', 'sqlite_autoindex_assignments_1', '500000 100000 2 1'),
    ('dataset_inputs', 'dataset_inputs_input', '1000000 2 1'),
    ('dataset_inputs', 'dataset_inputs_order', '1000000 100000 100 1'),
    ('dataset_inputs', 'sqlite_autoindex_dataset_inputs_1', '1000000 100000 1'),
    ('input_words_places', 'sqlite_autoindex_input_words_places_1', '1000000 1');
