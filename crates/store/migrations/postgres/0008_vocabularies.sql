-- How a concept is shown, and the key that says it while one annotates.
ALTER TABLE concepts ADD COLUMN color TEXT;
ALTER TABLE concepts ADD COLUMN shortcut TEXT;
CREATE UNIQUE INDEX concepts_shortcut ON concepts (app_id, shortcut) WHERE shortcut IS NOT NULL;

-- What concepts are called in further languages.
CREATE TABLE concept_languages (
    app_id UUID NOT NULL,
    concept TEXT NOT NULL,
    language TEXT NOT NULL,
    name TEXT NOT NULL,
    definition TEXT NOT NULL,
    PRIMARY KEY (app_id, concept, language),
    FOREIGN KEY (app_id, concept) REFERENCES concepts (app_id, slug) ON DELETE CASCADE
);

-- Named sets of relations.
CREATE TABLE knowledge_graphs (
    app_id UUID NOT NULL REFERENCES apps (id),
    slug TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (app_id, slug)
);

-- How concepts stand to one another. A relation that is in no knowledge graph has the empty name there.
CREATE TABLE concept_relations (
    id UUID PRIMARY KEY,
    app_id UUID NOT NULL REFERENCES apps (id),
    subject TEXT NOT NULL,
    predicate TEXT NOT NULL CHECK (predicate IN ('hyponym', 'hypernym', 'synonym')),
    object TEXT NOT NULL,
    knowledge_graph TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (app_id, subject, predicate, object, knowledge_graph),
    FOREIGN KEY (app_id, subject) REFERENCES concepts (app_id, slug) ON DELETE CASCADE,
    FOREIGN KEY (app_id, object) REFERENCES concepts (app_id, slug) ON DELETE CASCADE
);
CREATE INDEX concept_relations_app ON concept_relations (app_id, id);
CREATE INDEX concept_relations_object ON concept_relations (app_id, object);

-- Named, ordered lists of concepts.
CREATE TABLE vocabs (
    app_id UUID NOT NULL REFERENCES apps (id),
    slug TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    created_by UUID NOT NULL REFERENCES users (id),
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (app_id, slug)
);

CREATE TABLE vocab_concepts (
    app_id UUID NOT NULL,
    vocab TEXT NOT NULL,
    concept TEXT NOT NULL,
    position BIGINT NOT NULL,
    PRIMARY KEY (app_id, vocab, concept),
    FOREIGN KEY (app_id, vocab) REFERENCES vocabs (app_id, slug) ON DELETE CASCADE,
    FOREIGN KEY (app_id, concept) REFERENCES concepts (app_id, slug) ON DELETE CASCADE
);
CREATE INDEX vocab_concepts_concept ON vocab_concepts (app_id, concept);
