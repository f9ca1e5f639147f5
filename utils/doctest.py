"""Runs the MLIR examples of Markdown pages through stm32-opt.

    doctest.py STM32_OPT PAGE...

Examples are the blocks marked ```mlir, and the code in paragraphs that begin
with "Example:" or "Examples:". What an example leaves out is put around it:
values that it uses become arguments, pools and memory regions are declared.
"""
import re
import subprocess
import sys

POOL = """stm32.memory_region @region_of_example
stm32.pool @%s in @region_of_example align(16)
"""
# Operations that stand in a model only; "!stm32.buffer" is a type.
IN_MODEL = re.compile(r"(?<!!)\bstm32\.(buffer|output)\b")


def find_examples(text):
    """Yields (line, code) of the examples of a page."""
    for match in re.finditer(r"^```mlir\n(.*?)^```", text, re.M | re.S):
        yield text.count("\n", 0, match.start()) + 2, match[1]
    for match in re.finditer(r"^Examples?:((?:.+\n)+)", text, re.M):
        line = text.count("\n", 0, match.start()) + 1
        for code in re.findall(r"`([^`]+)`", match[1]):
            # "see `stm32.cascade`" is no example.
            if re.search(r"[<%@]", code):
                yield line, code


def split_types(text):
    """The types of a list, split at the commas that separate them."""
    types, depth, start = [], 0, 0
    for at, char in enumerate(text):
        depth += (char in "<([{") - (char in ">)]}")
        if char == "," and depth == 0:
            types.append(text[start:at].strip())
            start = at + 1
    return [item for item in types + [text[start:].strip()] if item]


def find_arguments(code):
    """(name, type) of each value that the first operation of `code` reads."""
    operation = re.sub(r"^\s*%\w+(, %\w+)* = ", "", code)
    head = re.split(r" \{| : ", operation)[0]
    names = list(dict.fromkeys(re.findall(r"%\w+", head)))
    # `: (types) -> type`, `: type to type`, `: type -> type` or `: type`.
    listed = re.search(r" : \((.*?)\) ->", " ".join(operation.split()))
    if listed:
        types = split_types(listed[1])
    else:
        line = " ".join(operation.split())
        # Attributes have types of their own.
        found = re.search(r"\} : (.*)", line) or re.search(r" : (.*)", line)
        types = split_types(re.split(r" to | -> ", found[1])[0]) if found else []
    return list(zip(names, types)) if names else []


def complete(code):
    """A module around `code`."""
    if re.match(r"\s*(builtin\.)?(module|func\.func|stm32\.model)\b", code):
        return code
    if re.match(r"\s*stm32\.memory_region\b", code):
        return code
    if re.match(r"\s*stm32\.pool\b", code):
        region = re.search(r" in @(\w+)", code)[1]
        return f"stm32.memory_region @{region}\n{code}"
    if code.startswith("#"):
        return f"func.func private @f() attributes {{test.example = {code}}}"
    if not code.lstrip().startswith(("%", "stm32.")):
        return f"func.func private @f({code})"

    arguments = find_arguments(code)
    listed = ", ".join(f"{name}: {kind}" for name, kind in arguments)
    if not IN_MODEL.search(code):
        return f"func.func @f({listed}) {{\n{code}\nreturn\n}}"
    io = ['#stm32.io<"x", 1.0 : f32, 0>'] * len(arguments)
    pools = "".join(POOL % name for name in
                    dict.fromkeys(re.findall(r"stm32\.buffer @(\w+)", code)))
    end, outputs = ("", io) if "stm32.output" in code else ("stm32.output", [])
    block = f"^bb0({listed}):\n" if arguments else ""
    return (f"{pools}stm32.model @m inputs([{', '.join(io)}]) "
            f"outputs([{', '.join(outputs)}]) {{\n{block}{code}\n{end}\n}}")


def main():
    tool, pages = sys.argv[1], sys.argv[2:]
    count, failures = 0, 0
    for page in pages:
        with open(page, encoding="utf-8") as file:
            text = file.read()
        for line, code in find_examples(text):
            count += 1
            run = subprocess.run([tool, "--verify-roundtrip"],
                                 input=complete(code), capture_output=True,
                                 text=True)
            if run.returncode:
                failures += 1
                print(f"{page}:{line}: example fails:\n{run.stderr}")
    print(f"{count} examples, {failures} failed")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
