"""Compiles the C examples of Markdown pages against generated code, and runs programs.

    doccode.py --work DIR --model NAME=FOLDER... --cc "COMMAND"... --cxx "COMMAND" PAGE...

Examples are the blocks marked ```c, and those marked ```cpp that have words behind it;
other C++ is not ours. The words say what a block is:

    (none)     what stands in a file, outside of functions
    body       statements of a function
    program    a whole program; built with the model, run, must end with status 0
    NAME       the model that it uses, the first one by default

A block that is no program sees the model's headers and PRELUDE; statements also see
`image` and `scores`. Each command of --cc compiles every block of C; the first one, and
that of --cxx, also build programs, so they must be the machine's own. Messages name the
page and its line.
"""
import argparse
import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

#: What blocks may use without saying where it comes from.
PRELUDE = """
#pragma GCC diagnostic ignored "-Wunused-variable"
#pragma GCC diagnostic ignored "-Wunused-function"
#include <stdlib.h>
#include <string.h>
#define fail(...) exit(1)
void use(const void *result);
uint32_t cycle_count(void);
void dma_start(void *to, const void *from, uint32_t size);
int dma_is_done(const void *to);
void cache_invalidate(const void *to);
"""
#: What statements are put into.
BODY = """
void example(int8_t *image, int8_t *scores);
void example(int8_t *image, int8_t *scores) {
(void)image, (void)scores;
"""


def find_examples(text):
    """Yields (line, language, words behind it, code) of the examples of a page."""
    for match in re.finditer(r"^```(c|cpp)(?: +([^\n]*))?\n(.*?)^```", text, re.M | re.S):
        words = (match[2] or "").split()
        if match[1] == "c" or words:
            yield text.count("\n", 0, match.start()) + 2, match[1], words, match[3]


def model_headers(folder):
    """The headers that an application includes of a generated folder."""
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    if "models" in report:
        names = [report["group"], *(model["name"] + "_data" for model in report["models"])]
    else:
        names = [report["name"], report["name"] + "_data"]
    return "".join(f'#include "{name}.h"\n' for name in names)


def complete(code, line, page, kind, folder):
    """The text of a C file that compiles if the example is right."""
    place = f'#line {line} "{page}"\n'
    if kind == "program":
        return place + code
    head = model_headers(folder) + PRELUDE
    if kind == "body":
        return f"{head}{BODY}{place}{code}}}\n"
    return head + place + code


class Checker:
    """Compiles and runs examples; counts, and prints what fails."""

    def __init__(self, commands, models, work):
        """commands: of each language, "c" and "cpp"; models: name -> folder."""
        self.commands, self.models, self.work = commands, models, work
        self.count = self.runs = self.failures = 0
        self.libraries = {}

    def call(self, place, command):
        """True if the command succeeds; else prints why it did not."""
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            print(f"{place}: example fails, status {done.returncode}:")
            print(done.stdout + done.stderr)
        return done.returncode == 0

    def library(self, model):
        """Objects of a model and its runtime, compiled once by the first command."""
        if model not in self.libraries:
            folder = self.models[model]
            objects = self.work / model
            objects.mkdir(exist_ok=True)
            sources = sorted(path.resolve() for path in folder.glob("*.c"))
            subprocess.run(
                [*self.commands["c"][0], f"-I{folder.resolve()}", "-c", *sources], cwd=objects,
                check=True)
            self.libraries[model] = sorted(objects.glob("*.o"))
        return self.libraries[model]

    def check(self, page, line, language, words, code):
        """True if the example is right; else what is wrong has been printed."""
        self.count += 1
        place = f"{page}:{line}"
        kinds = [word for word in words if word in ("body", "program")]
        models = [word for word in words if word in self.models]
        if len(kinds) > 1 or len(models) > 1 or len(kinds) + len(models) < len(words):
            print(f"{place}: example fails: cannot understand "
                  f"```{language} {' '.join(words)}")
            return False
        kind = kinds[0] if kinds else "file"
        model = models[0] if models else next(iter(self.models))
        folder = self.models[model]
        source = self.work / f"example{self.count}.{language}"
        source.write_text(complete(code, line, page, kind, folder), encoding="utf-8")
        commands = self.commands[language]
        for index, command in enumerate(commands):
            output = self.work / f"example{self.count}-{index}.o"
            if not self.call(place, [*command, f"-I{folder}", "-c", source, "-o", output]):
                return False
        if kind != "program":
            return True
        self.runs += 1
        program = self.work / f"example{self.count}"
        objects = [self.work / f"example{self.count}-0.o", *self.library(model)]
        return self.call(place, [*commands[0], *objects, "-o", program]) and self.call(
            place, [program])


def pair(text):
    name, sign, folder = text.partition("=")
    if not sign:
        raise argparse.ArgumentTypeError(f"{text} is not NAME=FOLDER")
    return name, Path(folder)


def main():
    parser = argparse.ArgumentParser(description="Compiles the C examples of Markdown pages.")
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--model", type=pair, action="append", required=True)
    parser.add_argument("--cc", type=shlex.split, action="append", required=True)
    parser.add_argument("--cxx", type=shlex.split, default=["c++"])
    parser.add_argument("pages", nargs="+")
    args = parser.parse_args()
    args.work.mkdir(parents=True, exist_ok=True)
    checker = Checker({"c": args.cc, "cpp": [args.cxx]}, dict(args.model), args.work)
    for page in args.pages:
        text = Path(page).read_text(encoding="utf-8")
        for example in find_examples(text):
            checker.failures += not checker.check(page, *example)
    print(f"{checker.count} examples, {checker.runs} of them programs, "
          f"{checker.failures} failed")
    sys.exit(1 if checker.failures else 0)


if __name__ == "__main__":
    main()
