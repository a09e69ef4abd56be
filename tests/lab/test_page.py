"""The lab's page in Chromium, by mouse and by keyboard."""

import json
import pathlib
import shlex
import shutil
import urllib.parse

import pytest
from click.testing import CliRunner

from keraslm.history import COLUMNS
from keraslm_cli.main import program

playwright = pytest.importorskip("playwright.sync_api")
CHROMIUM = shutil.which("chromium")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
VIEWS = ("next", "surprise", "branches", "pair", "inside", "map")
TITLES = ("Next", "Surprise", "Branches", "Two prompts", "Inside")
SIZES = {"wide": (1280, 900), "phone": (390, 844)}


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def page(browser, lab):
    """A page of a fresh profile; nothing may leave the lab or complain."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield from watched(context, lab.address)
    context.close()


def watched(context, address):
    faults = []
    page = context.new_page()
    page.on("console", lambda m: faults.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on(
        "request",
        lambda r: (
            None if r.url.startswith((address, "blob:")) else faults.append(r.url)
        ),
    )
    page.goto(address)
    page.wait_for_selector("body[data-ready]")
    yield page
    assert faults == []


def go(page, lab, **state):
    """Open a state by its address."""
    page.goto(f"{lab.address}#{urllib.parse.urlencode({'v': 1, **state})}")
    settle(page)


def settle(page):
    page.wait_for_selector("body[data-state=drawn]")
    page.wait_for_load_state("networkidle")


def shown(page):
    return page.locator("#view").inner_text()


def rows(page):
    return page.locator("#view .group").first.locator(".row .token").all_inner_texts()


def test_bars_move_while_one_types_and_a_click_takes_a_token(page, lab):
    area = page.locator("#text")
    area.press_sequentially("the dog")
    settle(page)
    assert "text=the+dog" in page.url
    first = rows(page)[0]
    page.locator("#view .row .token").first.click()
    settle(page)
    assert page.locator("#text").input_value() == f"the dog {first}"
    page.go_back()
    settle(page)
    assert page.locator("#text").input_value() == "the dog"


def test_the_figures_are_those_of_the_model(page, lab):
    go(page, lab, text="the dog")
    answer = lab.ask(
        "/next", models=list(lab.models.values())[:2], text="the dog", seed=1
    )
    p = answer["groups"][0]["columns"][0]["p"][0]
    figure = page.locator("#view .row .figure").first.inner_text()
    assert figure.startswith(f"● {100 * p:.1f}%")  # and what is left without <unk>


def test_it_is_used_by_keyboard_alone(page, lab):
    page.keyboard.press("/")
    page.keyboard.type("the")
    page.keyboard.press("Escape")
    for key, name in enumerate(
        ("Next", "Surprise", "Branches", "Two prompts"), start=1
    ):
        page.keyboard.press(str(key))
        settle(page)
        assert page.locator("#title").inner_text() == name
    page.keyboard.press("1")
    settle(page)
    page.locator("#view .row").first.focus()
    page.keyboard.press("ArrowDown")
    taken = page.locator("#view .row:focus .token").inner_text()
    page.keyboard.press("Enter")
    settle(page)
    assert page.locator("#text").input_value() == f"the {taken}".replace(
        "⏎ end of line", "\n"
    )
    page.keyboard.press("3")
    settle(page)
    page.locator("#view .node").first.focus()
    before = page.locator("#text").input_value()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    settle(page)
    assert len(page.locator("#text").input_value()) > len(before)
    page.keyboard.press("?")
    assert page.locator("#keys").is_visible()


def test_a_link_opens_the_same_picture_in_a_fresh_profile(page, lab, browser):
    keys = list(lab.models.values())
    for view in VIEWS:
        go(
            page,
            lab,
            view=view,
            text="the dog",
            other="the cats",
            models=keys[1],
            top_k=3,
        )
        with browser.new_context(viewport={"width": 1280, "height": 900}) as other:
            for again in watched(other, lab.address):
                again.goto(page.url)
                settle(again)
                assert shown(again) == shown(page)


def test_what_an_address_has_wrong_is_told_or_ignored(page, lab):
    go(page, lab, temperature=99, view="nothing", else_="x", text="a")
    banner = page.locator("#banner").inner_text()
    assert "temperature" in banner
    assert "view" in banner
    assert page.locator("#title").inner_text() == "Next"


def test_hostile_tokens_are_shown_as_text(page, lab):
    page.on("dialog", lambda dialog: pytest.fail(dialog.message))
    go(page, lab, text="the dog barks")
    assert "<script>alert(1)</script>" in rows(page)
    go(page, lab, text="the cat")
    assert "\\u{202e}sleeps" in rows(page)
    go(page, lab, text="a dog")
    assert "\U0001f468\u200d\U0001f469\u200d\U0001f467" in rows(page)


def test_models_write_side_by_side_what_they_write(page, lab, files):
    import keraslm

    go(page, lab, text="the dog", temperature=0.5, seed=7, length=20)
    page.locator("text=Write").click()
    page.wait_for_selector(".texts[data-state=written]")
    written = page.locator(".written").first.evaluate("p => p.textContent")
    model = keraslm.load(files / "counts.keras")
    expected = "".join(model.generate("the dog", 20, temperature=0.5, seed=7))
    assert written == "the dog" + expected


def test_tables_pictures_and_commands_are_taken_home(page, lab, tmp_path):
    go(page, lab, text="the dog")
    with page.expect_download() as download:
        page.locator("#keep >> text=CSV").click()
    saved = tmp_path / "next.csv"
    download.value.save_as(saved)
    lines = saved.read_text("utf-8").splitlines()
    assert lines[0] == "model,token,probability,sampled"
    of_counts = [line for line in lines if line.startswith("ngram-3")]
    total = sum(float(line.split(",")[-2]) for line in of_counts)
    assert total == pytest.approx(1)
    with page.expect_download() as download:
        page.locator("#keep >> text=SVG").click()
    download.value.save_as(tmp_path / "next.svg")
    assert (tmp_path / "next.svg").read_text("utf-8").startswith("<svg ")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator("#keep >> text=Copy the command").click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("keraslm next ")
    assert "'the dog' --top 12" in copied


def test_the_command_of_inside_gives_the_numbers_that_are_shown(page, lab, files):
    model = lab.models[str(files / "gru.keras")]
    state = {"view": "inside", "models": model, "text": "the dog", "layer": 2}
    go(page, lab, **state, forces="1:z:3:0.5:1,2:h:0:hold:1", what="z", silent=1)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator("#keep >> text=Copy the command").click()
    copied = page.evaluate("navigator.clipboard.readText()")
    program_name, *arguments = shlex.split(copied)
    assert program_name == "keraslm"
    found = json.loads(CliRunner().invoke(program, arguments).stdout)
    forces = [
        {"layer": 1, "what": "z", "unit": 3, "value": 0.5, "start": 1},
        {"layer": 2, "what": "h", "unit": 0, "value": None, "start": 1},
    ]
    asked = {"model": model, "text": "the dog"}
    assert found["next"] == lab.ask("/intervene", **asked, forces=forces)
    looked = lab.ask("/inside", **asked, forces=forces, layer=2, what="z")
    assert found["inside"] == looked
    assert found["silent"] == lab.ask("/ablate", **asked, layer=2, start=1)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_view_fits_and_axe_finds_nothing(browser, lab, size, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=scheme,
        reduced_motion="reduce",
        bypass_csp=True,  # axe is put into the page
    )
    for page in watched(context, lab.address):
        for view in VIEWS:
            go(page, lab, view=view, text="the dog barks a", other="the cats barks a")
            assert page.evaluate("document.body.scrollWidth") <= width
            found = axe.run(page).response["violations"]
            assert [(v["id"], v["nodes"][0]["html"]) for v in found] == []
    context.close()


def test_a_character_of_several_keys_is_sent_when_it_is_whole(page, lab):
    asked = []
    page.on("request", lambda r: r.method == "POST" and asked.append(r.post_data_json))
    area = page.locator("#text")
    area.focus()
    keys = page.context.new_cdp_session(page)
    for text in ("n", "ni", "\u4f60"):
        place = {"selectionStart": len(text), "selectionEnd": len(text)}
        keys.send("Input.imeSetComposition", {"text": text, **place})
    page.wait_for_timeout(200)
    assert (asked, area.input_value()) == ([], "\u4f60")
    keys.send("Input.insertText", {"text": "\u4f60\u597d"})
    page.wait_for_url("**text=**")
    settle(page)
    assert [question["text"] for question in asked] == ["\u4f60\u597d"]


def test_keys_are_only_letters_inside_of_inputs(page, lab):
    area = page.locator("#text")
    area.press_sequentially("2?wt")
    settle(page)
    assert area.input_value() == "2?wt"
    page.locator("#set-seed").fill("12")
    settle(page)
    assert page.locator("#title").inner_text() == "Next"
    assert not page.locator("#keys").is_visible()
    assert page.locator(".written").count() == 0


def test_back_also_changes_a_prompt_that_has_the_focus(page, lab):
    go(page, lab, text="the dog")
    page.locator("#view .row .token").first.click()
    settle(page)
    page.locator("#text").focus()
    page.go_back()
    settle(page)
    assert page.locator("#text").input_value() == "the dog"


def test_what_a_model_does_not_know_is_told_with_its_mark(page, lab):
    go(page, lab, text="the zebra")
    told = page.locator("#unknown").inner_text()
    assert "● ■ read as <unk>: zebra." in told
    assert "▲ read as <unk>: z." in told


def test_a_narrow_page_and_a_long_token_fit(browser, lab):
    context = browser.new_context(viewport={"width": 320, "height": 640})
    for page in watched(context, lab.address):
        for view in VIEWS:
            text = "the dog " + "x" * 3000
            go(page, lab, view=view, text=text, other="the cats")
            assert page.evaluate("document.documentElement.scrollWidth") <= 320
            assert "x" * 61 not in shown(page)
    context.close()


def test_a_stale_answer_never_paints(page, lab):
    """The first answer is held back until the second one is there."""
    held = []

    def hold(route):
        held.append(route)

    page.route("**/next", hold)
    area = page.locator("#text")
    area.fill("the")
    area.fill("the dog")
    page.wait_for_timeout(200)
    page.unroute("**/next")
    for route in reversed(held):
        try:
            route.continue_()
        except playwright.Error:  # the page gave it up
            continue
    settle(page)
    expected = lab.ask("/next", models=list(lab.models.values())[:2], text="the dog")
    assert rows(page)[0] == expected["groups"][0]["tokens"][0]["token"]


def test_the_lab_comes_back_with_the_same_state(browser, serve, lab):
    """A server that is gone is told, asked again, and found again."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(lab.address)
    page.wait_for_selector("body[data-ready]")
    page.route("**/next", lambda route: route.abort())
    page.locator("#text").fill("the dog")
    page.wait_for_selector("#banner:not([hidden])")
    page.unroute("**/next")
    page.wait_for_selector("#banner[hidden]", state="attached", timeout=10_000)
    assert page.locator("#text").input_value() == "the dog"
    assert len(rows(page)) > 3
    context.close()


def test_a_presenter_walks_through_scenes_with_two_buttons(browser, serve, tmp_path):
    scenes = tmp_path / "scenes.toml"
    scenes.write_text(
        "[[scene]]\ncaption = 'One'\nview = 'next'\ntext = 'the dog'\n"
        "[[scene]]\ncaption = 'Two'\nview = 'pair'\ntext = 'the'\nother = 'a'\n"
    )
    address = serve("counts.keras", "--scenes", str(scenes))
    context = browser.new_context()
    for page in watched(context, address):
        for key, title, caption in (
            ("PageDown", "Next", "One"),
            ("PageDown", "Two prompts", "Two"),
            ("PageDown", "Two prompts", "Two"),
            ("PageUp", "Next", "One"),
            ("Space", "Two prompts", "Two"),
        ):
            page.keyboard.press(key)
            settle(page)
            assert page.locator("#title").inner_text() == title
            assert caption in page.locator("#caption").inner_text()
    context.close()


def test_the_modules_are_the_page_s_own():
    import keraslm.lab

    folder = pathlib.Path(keraslm.lab.__file__).parent / "page"
    for file in folder.glob("*.js"):
        text = file.read_text("utf-8")
        assert "innerHTML" not in text
        for line in text.splitlines():
            if line.startswith(("import ", "export ")) and " from " in line:
                assert '"./' in line


def test_a_run_is_watched(browser, serve, files, tmp_path):
    """Its models by slider, what they are near to, and what it wrote."""
    run = tmp_path / "run"
    (run / "checkpoints").mkdir(parents=True)
    text = tmp_path / "text.txt"
    text.write_text("the dog barks\nthe cat sleeps\na dog sleeps\n" * 40)
    (run / "config.toml").write_text(f'corpus = "{text.as_posix()}"\n')
    (run / "samples.txt").write_text("--- step 20, epoch 1\n<b>the the</b>\n\n")
    head = ",".join(COLUMNS)
    (run / "history.csv").write_text(f"{head}\n20,1,0.5,valid,2,7.389,,,,\n20,1,0.")
    for step, name in ((20, "gru"), (40, "counts")):
        file = run / "checkpoints" / f"step-{step:09}.keras"
        shutil.copy(files / f"{name}.keras", file)
    address = serve("counts.keras", "--watch", str(run))
    for page in watched(browser.new_context(), address):
        page.goto(f"{address}#v=1&view=learning&text=the")
        page.wait_for_selector("#view .lines .name >> text=unigram")
        newest = page.locator("#view .row .figure").first.inner_text()
        assert "newest" not in newest
        page.locator("#step").focus()
        page.keyboard.press("Home")
        page.wait_for_selector("#view .row .figure >> text=newest")
        assert "step=20" in page.url
        assert newest in page.locator("#view .row .figure").first.inner_text()
        assert "<b>the the</b>" in page.locator("#view .samples").inner_text()
        assert "nearest to a" in page.locator("#view .verdict").inner_text()
        (run / "samples.txt").write_text("--- step 40, epoch 2\na dog\n\n")
        page.wait_for_selector("#view .samples >> text=a dog", timeout=10_000)


def test_the_room_guesses_by_keyboard(browser, serve, train_counts):
    address = serve(train_counts)
    for page in watched(browser.new_context(), address):
        page.goto(f"{address}#v=1&view=game&seed=2")
        page.locator("#guess").fill("nonsense")
        page.keyboard.press("Enter")
        page.wait_for_selector("#view >> text=Not nonsense")
        page.locator("#guess").fill("the")  # with which every line begins
        page.keyboard.press("Enter")
        page.wait_for_selector("#view .guessed >> text=the")
        assert page.locator("#view .guessed small").inner_text() == "2"
        blanks = page.locator("#view .blank")
        for left in reversed(range(blanks.count())):
            page.locator("text=Show it").click()
            playwright.expect(blanks).to_have_count(left)
        assert "The line is whole" in page.locator("#view .note").inner_text()
        page.locator("text=Another line").click()
        page.wait_for_selector("#view .blank")
        assert "seed=3" in page.url
        assert "in 2 lines" in page.locator("#view .scores").inner_text()


@pytest.fixture
def heads_page(browser, heads_lab):
    """The page of a lab with a transformer, and what to ask about its heads."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    asked = {"model": next(iter(heads_lab.models.values())), "text": "the dog barks"}
    for page in watched(context, heads_lab.address):
        go(page, heads_lab, view="inside", text=asked["text"], models=asked["model"])
        yield page, asked
    context.close()


def test_heads_have_maps_and_what_a_token_looks_at(heads_page, heads_lab):
    page, asked = heads_page
    told = heads_lab.ask("/inside", **asked, layer=1)
    assert page.locator(".headmap").count() == 2
    for place in (3, 1):
        for head in range(2):
            row = page.locator(".lookedat li").nth(head).locator("small")
            weights = told["weights"][head][place]
            assert len(weights) == place + 1
            assert row.all_inner_texts() == [f"{100 * w:.1f}%" for w in weights]
        page.locator(".inside-maps").focus()
        for _ in range(2):
            page.keyboard.press("ArrowUp")
        settle(page)
    assert "place=0" in page.url
    page.locator(".headmap svg").nth(1).click()  # its middle
    settle(page)
    assert "unit=1" in page.url
    page.locator("select[data-act=layer]").select_option("2")
    settle(page)
    above = heads_lab.ask("/inside", **asked, layer=2)["weights"][0]
    place = int(urllib.parse.parse_qs(page.url).get("place", [3])[0])
    first = page.locator(".lookedat li").first.locator("small").all_inner_texts()
    assert first == [f"{100 * w:.1f}%" for w in above[place]]


def test_a_silent_head_moves_the_bars_and_heads_are_ranked(heads_page, heads_lab):
    page, asked = heads_page
    bits = heads_lab.ask("/ablate", **asked)["bits"]
    page.wait_for_selector(".inside-change .ranked li")
    ranked = page.locator(".inside-change .ranked li").all_inner_texts()
    best = max(range(4), key=lambda k: bits[k])
    layer, head = best // 2 + 1, best % 2
    name, figure = ranked[0].split("\n")[0], ranked[0].split()[-1]
    assert (name, figure) == (f"layer {layer}, head {head}", f"{bits[best]:.4f}")
    page.locator(".inside-change .ranked button").first.click()
    settle(page)
    page.locator("[data-act=silence-all]").click()
    settle(page)
    silent = {"layer": layer, "what": "head", "unit": head, "value": 0, "start": 0}
    told = heads_lab.ask("/intervene", **asked, forces=[silent])
    assert f"{told['bits']:.4f} bits" in page.locator(".inside-bars").inner_text()
    assert page.locator(".headmap.held").count() == 1
    assert f"head {head} silent from start" in shown(page)
    page.locator("[data-act=remove-0]").click()
    settle(page)
    assert "Without interventions" in shown(page)


def test_heads_and_cells_take_turns_and_fit_a_narrow_page(heads_page, heads_lab):
    page, asked = heads_page
    for key in reversed(heads_lab.models.values()):
        go(page, heads_lab, view="inside", text=asked["text"], models=key)
        is_heads = key == asked["model"]
        assert (page.locator(".headmap").count() > 0) == is_heads
        assert (page.locator("svg.heatmap").count() > 0) != is_heads
    page.set_viewport_size({"width": 320, "height": 640})
    go(page, heads_lab, view="inside", text="the dog " + "x" * 3000)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_the_weights_and_maps_of_heads_are_taken_home(heads_page, tmp_path):
    page, _ = heads_page
    for name in ("CSV", "SVG"):
        with page.expect_download() as download:
            page.locator(f"#keep >> text={name}").click()
        download.value.save_as(tmp_path / name)
    rows = (tmp_path / "CSV").read_text("utf-8").splitlines()
    assert len(rows) == 1 + 2 * (1 + 2 + 3 + 4)
    weights = [float(row.split(",")[-1]) for row in rows[-4:]]  # of one token
    assert sum(weights) == pytest.approx(1, abs=3e-4)
    assert (tmp_path / "SVG").read_text("utf-8").count("<g ") == 2
