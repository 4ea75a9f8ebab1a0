package io.hawser.config;

import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;

/** Says in an operator's words what the YAML parser stumbled over. */
final class YamlSyntaxHint {

    private YamlSyntaxHint() {}

    static String describe(MarkedYamlEngineException e) {
        String problem = e.getProblem() == null ? "" : e.getProblem();
        String line =
                e.getContextMark().map(mark -> "line " + (mark.getLine() + 1)).orElse("another line");
        if (problem.contains("\\t(TAB)")) {
            return "a tab indents this line; YAML wants spaces";
        }
        if (problem.contains("that cannot start any token")) {
            return "a value can't begin with " + quoted(problem) + "; put it in quotes";
        }
        if (problem.startsWith("mapping values are not allowed here")) {
            return "a ':' is not expected here; is the line indented too far, or does a text with ': ' in it lack quotes?";
        }
        if (problem.startsWith("sequence entries are not allowed here")) {
            return "a list's '-' is not expected here; begin the list in a line of its own";
        }
        if (problem.startsWith("found unexpected end of stream")) {
            return "the quote that begins here is never closed";
        }
        if (problem.startsWith("expected <block end>")) {
            return "this does not belong to the section or list that begins in " + line + "; is its indentation right?";
        }
        if (problem.startsWith("expected ',' or")) {
            return "',' or a closing bracket is missing after the bracket opened in " + line;
        }
        if (problem.startsWith("could not find expected ':'")) {
            return "a key lacks its ':' and value";
        }
        if (e.getContext() != null && e.getContext().contains("scanning an alias")) {
            return "'*' can't begin a value; put a text such as \"*.example.com\" in quotes";
        }
        if (problem.contains("but found ':'")) {
            return "a value is expected here, not ':'; put an address such as \"[::]:443\" in quotes";
        }
        return "not valid YAML: " + problem;
    }

    /** Whether the place to look at is where the broken thing begins, and not where the parser gave up. */
    static boolean pointsAtBeginning(MarkedYamlEngineException e) {
        return e.getProblem() != null && e.getProblem().startsWith("found unexpected end of stream");
    }

    private static String quoted(String problem) {
        int from = problem.indexOf('\'');
        int to = problem.indexOf('\'', from + 1);
        return from < 0 || to < 0 ? "this character" : problem.substring(from, to + 1);
    }
}
