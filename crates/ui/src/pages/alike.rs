//! `/{owner}/{app}/alike`

use leptos::{html, prelude::*};
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::inputs_shown::{concepts, way_to};
use crate::{
    api::{
        alike::{ALIKE_FORM, AlikeInputs as Shown, AlikeTo, AskedAlike, get_alike_inputs},
        apps::App,
        inputs::Input,
    },
    components::{
        drop::PictureField,
        empty_state::EmptyState,
        icon::Sign,
        layout::Crumb,
        live::AT_HAND,
        loaded::Loaded,
        pagination::Pagination,
        prose::Prose,
        room::{AppRoom, Room},
    },
    form::posted,
    pages::app_in_address,
};

/// What the page's address asks for, and in which app.
fn asked_in_address() -> Memo<((String, String), AskedAlike)> {
    let app = app_in_address();
    let query = use_query_map();
    let asked = move || query.with(|query| AskedAlike::read(|part| query.get(part).unwrap_or_default()));
    Memo::new(move |_| (app.get(), asked()))
}

/// Inputs that are like another one, like a sentence, or like a picture that is brought along.
#[component]
pub fn AlikeInputs() -> impl IntoView {
    view! {
        <Loaded
            key=asked_in_address()
            fetch=|((owner, app), asked)| get_alike_inputs(owner, app, asked)
            view=|shown| view! { <Body shown /> }.into_any()
        />
    }
}

#[component]
fn Body(shown: Shown) -> impl IntoView {
    let (_, asked) = asked_in_address().get_untracked();
    let Shown { place, to, filter, wrong, is_known, waiting, inputs, next } = shown;
    let app = place.app.clone();
    let below = Crumb { href: asked.address(&app), label: "By likeness".to_owned() };
    let refused = posted(ALIKE_FORM).and_then(Result::err).map(|error| error.sentences());
    let wrong = wrong.or(refused).map(|wrong| {
        view! { <div class="notice" role="alert"><Prose text=wrong /></div> }
    });
    let (words, is_brought) = match &to {
        AlikeTo::Nothing => (None, false),
        AlikeTo::Input(input) => (Some(format!("Like {}", input.slug)), false),
        AlikeTo::Text(text) => (Some(format!("Like “{text}”")), false),
        AlikeTo::Picture(name) => (Some(format!("Like {name}")), true),
    };
    let itself = match &to {
        AlikeTo::Input(input) => Some(itself(&app, input)),
        AlikeTo::Nothing | AlikeTo::Text(_) | AlikeTo::Picture(_) => None,
    };
    let among = among(&app, &asked, filter);
    let is_there = !inputs.is_empty();
    let found = words.filter(|_| wrong.is_none()).map(|words| {
        let found = if is_there {
            let cards = inputs.iter().map(|(input, likeness)| card(&app, input, *likeness)).collect_view();
            view! { <ul class="cards" role="list">{cards}</ul> }.into_any()
        } else {
            nothing(is_known)
        };
        let class = if is_brought { format!("likest {AT_HAND}") } else { "likest".to_owned() };
        view! {
            <section class=class>
                <h2>{words}</h2>
                {itself}
                {found}
            </section>
        }
    });
    let first = (asked.skip > 0).then(|| AskedAlike { skip: 0, ..asked.clone() }.address(&app));
    let next = next.filter(|_| !is_brought).map(|skip| AskedAlike { skip, ..asked.clone() }.address(&app));
    let pages = (first.is_some() || next.is_some()).then(|| {
        let position = format!("{}–{}, the likest first", asked.skip + 1, asked.skip + inputs.len());
        view! { <Pagination label="Inputs" previous=first next=next position /> }
    });
    let waiting = (waiting > 0).then(|| {
        let words = match waiting {
            1 => "One input was not looked at yet.".to_owned(),
            more => format!("{more} inputs were not looked at yet."),
        };
        view! { <p class="page-note">{words} " They are found once a model has looked at them."</p> }
    });
    view! {
        <Title text=format!("By likeness · {}", app.name) />
        <AppRoom place room=Room::Inputs below=below>
            <header class="page-head"><h1>"By likeness"</h1></header>
            <p class="section-lead">
                "Finds pictures that look like a picture, texts about the same as a text, and both for a sentence. Pictures \
                 are found by the 1000 English names of things that the public model knows, and by nothing else."
            </p>
            {wrong}
            {among}
            <div class="ways">
                <Sentence app=app.clone() asked=asked.clone() />
                <Picture path=AskedAlike { q: asked.q.clone(), ..AskedAlike::default() }.address(&app) />
            </div>
            {waiting}
            {found}
            {pages}
        </AppRoom>
    }
}

/// The filter that finds must pass, and the way to be without it.
fn among(app: &App, asked: &AskedAlike, filter: String) -> Option<impl IntoView + use<>> {
    let without = AskedAlike { q: String::new(), skip: 0, ..asked.clone() }.address(app);
    (!filter.is_empty()).then(|| {
        view! {
            <p class="row-note">
                "Among those that " <code>{filter}</code> " finds. " <a href=without>"Among all"</a>
            </p>
        }
    })
}

/// The input that others are to be like.
fn itself(app: &App, input: &Input) -> AnyView {
    let way = way_to(app, input);
    view! { <div class="alike-to">{way}</div> }.into_any()
}

fn nothing(is_known: bool) -> AnyView {
    if is_known {
        return view! {
            <EmptyState sign=Sign::Input title="Nothing found">
                <p>"The app has no input of this kind, or none of them passes the filter."</p>
            </EmptyState>
        }
        .into_any();
    }
    view! {
        <EmptyState sign=Sign::Clock title="Not looked at yet">
            <p>
                "Each input that is added is looked at by a model, one after the other. This one waits for it, or could not \
                 be read: try again in a moment."
            </p>
        </EmptyState>
    }
    .into_any()
}

/// Where a sentence is typed.
#[component]
fn Sentence(app: App, asked: AskedAlike) -> impl IntoView {
    let kept =
        (!asked.q.is_empty()).then(|| view! { <input type="hidden" name="q" value=asked.q.clone() /> });
    view! {
        <form class="form" method="get" action=AskedAlike::default().address(&app) role="search">
            {kept}
            <div class="field">
                <label for="alike-text">"A sentence"</label>
                <p class="field-hint" id="alike-text-hint">"In English: what a text is about, or what a picture shows."</p>
                <input
                    id="alike-text"
                    class="input"
                    type="search"
                    name="text"
                    value=asked.text
                    aria-describedby="alike-text-hint"
                    required
                />
            </div>
            <p class="actions"><button class="button is-primary" type="submit">"Search"</button></p>
        </form>
    }
}

/// Where a picture is brought along. The browser posts it and shows the page that comes back: what is found has no
/// address, since the picture is not kept.
#[component]
fn Picture(path: String) -> impl IntoView {
    let form = NodeRef::<html::Form>::new();
    let field = NodeRef::<html::Input>::new();
    let post = move || {
        if let Some(form) = form.get_untracked() {
            // It is asked for again with the button if the browser does not.
            let _ = form.request_submit();
        }
    };
    view! {
        <form node_ref=form class="form" method="post" enctype="multipart/form-data" action=path>
            <PictureField id="alike-file" field chosen=post />
            <p class="actions"><button class="button" type="submit">"Search by the picture"</button></p>
        </form>
    }
}

fn card(app: &App, input: &Input, likeness: f32) -> AnyView {
    view! { <li class="card">{alike_card(app, input, format!("{likeness:.2}"))}</li> }.into_any()
}

/// What one sees of an input, how alike it is, and the way to those that are like it.
pub(super) fn alike_card(app: &App, input: &Input, how_alike: String) -> AnyView {
    let (way, chips) = (way_to(app, input), concepts(input));
    let on = AskedAlike::input(&input.slug).address(app);
    view! {
        {way}
        <p class="row-note">
            <span class="figures">{how_alike}</span> " · "
            <a href=on aria-label=format!("Like this: {}", input.slug)>"Like this"</a>
        </p>
        {chips}
    }
    .into_any()
}
