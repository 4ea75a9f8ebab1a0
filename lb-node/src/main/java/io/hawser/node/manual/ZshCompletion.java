package io.hawser.node.manual;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** A program's completion for zsh, with what each command and option is for: a function for each command. */
final class ZshCompletion {

    private final StringBuilder functions = new StringBuilder();

    private ZshCompletion() {}

    static String of(CommandLine program) {
        ZshCompletion completion = new ZshCompletion();
        String function = completion.function(program, "");
        return "#compdef " + program.getCommandName() + "\n\n" + completion.functions + function + " \"$@\"\n";
    }

    /** Writes the functions of a command and of those below it; returns the command's own. */
    private String function(CommandLine command, String above) {
        CommandSpec spec = command.getCommandSpec();
        String name = above + "_" + spec.name().replace('-', '_');
        Map<String, CommandLine> below = command.getSubcommands();
        List<String> arguments = new ArrayList<>();
        for (OptionSpec option : spec.options()) {
            if (!option.hidden()) {
                arguments.add(option(option));
            }
        }
        StringBuilder choice = new StringBuilder();
        if (below.isEmpty()) {
            for (PositionalParamSpec parameter : spec.positionalParameters()) {
                boolean optional = parameter.arity().min() == 0;
                arguments.add("'" + (parameter.index().min() + 1) + (optional ? "::" : ":")
                        + quoted(parameter.paramLabel()) + ":" + candidates(parameter) + "'");
            }
        } else {
            StringBuilder commands = new StringBuilder();
            StringBuilder calls = new StringBuilder();
            below.forEach((word, line) -> {
                String what = plain(line.getCommandSpec().usageMessage().description());
                commands.append("                '")
                        .append(word)
                        .append(':')
                        .append(quoted(what))
                        .append("'\n");
                calls.append("                ").append(word).append(") ");
                calls.append(function(line, name)).append(" ;;\n");
            });
            arguments.add("'1:command:->command'");
            arguments.add("'*::argument:->argument'");
            choice.append("    case $state in\n        command)\n            commands=(\n")
                    .append(commands)
                    .append("            )\n            _describe command commands\n            ;;\n")
                    .append("        argument)\n            case $words[1] in\n")
                    .append(calls)
                    .append("            esac\n            ;;\n    esac\n");
        }
        functions.append(name).append("() {\n");
        functions.append(
                "    local curcontext=$curcontext state line\n    local -a commands\n    _arguments -C \\\n        ");
        functions.append(String.join(" \\\n        ", arguments)).append('\n');
        functions.append(choice).append("}\n\n");
        return name;
    }

    private static String option(OptionSpec option) {
        String[] names = option.names();
        String value = option.arity().max() == 0 ? "" : ":" + quoted(option.paramLabel()) + ":" + candidates(option);
        String tail = "'[" + quoted(plain(option.description())) + "]" + value + "'";
        return names.length == 1
                ? "'" + names[0] + tail.substring(1)
                : "'(" + String.join(" ", names) + ")'{" + String.join(",", names) + "}" + tail;
    }

    private static String candidates(ArgSpec argument) {
        if (argument.completionCandidates() != null) {
            return "(" + String.join(" ", argument.completionCandidates()).toLowerCase(Locale.ROOT) + ")";
        }
        return argument.paramLabel().contains("FILE") ? "_files" : "";
    }

    private static String plain(String... lines) {
        return lines.length == 0
                ? ""
                : Ansi.OFF
                        .string(lines[0].replace("%n", " ").replace("%%", "%"))
                        .strip();
    }

    /** For single quotes, within what _arguments splits at colons and brackets. */
    private static String quoted(String text) {
        return text.replace("\\", "\\\\")
                .replace("'", "'\\''")
                .replace("[", "\\[")
                .replace("]", "\\]")
                .replace(":", "\\:");
    }
}
