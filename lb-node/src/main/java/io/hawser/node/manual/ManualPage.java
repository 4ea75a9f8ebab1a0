package io.hawser.node.manual;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/** One program's manual page, all its commands on it, in the language of man(7). */
final class ManualPage {

    private final String version;
    private final List<Section> sections = new ArrayList<>();
    private final StringBuilder page = new StringBuilder();

    /** @param version of the program, for the foot of the page */
    ManualPage(String version) {
        this.version = version;
    }

    /** Adds a section that the command line knows nothing of; they stand at the end. */
    ManualPage section(String title, List<Entry> entries) {
        sections.add(new Section(title, entries));
        return this;
    }

    /** The page; once. */
    String of(CommandLine program) {
        CommandSpec spec = program.getCommandSpec();
        UsageMessageSpec usage = spec.usageMessage();
        page.append(".\\\" Written from the program's own command line while it was built.\n");
        page.append(".TH ").append(spec.name().toUpperCase(Locale.ROOT)).append(" 1 \"\" \"Hawser ");
        page.append(version).append("\" \"Hawser\"\n.nh\n");
        heading("NAME");
        String what = plain(usage.description());
        page.append(escaped(spec.name())).append(" \\- ").append(escaped(what)).append('\n');
        heading("SYNOPSIS");
        page.append(".B ").append(escaped(spec.name())).append("\n[OPTIONS] COMMAND\n");
        heading("OPTIONS");
        spec.options().forEach(this::option);
        heading("COMMANDS");
        program.getSubcommands().values().forEach(this::command);
        Map<String, String> exits = usage.exitCodeList();
        if (!exits.isEmpty()) {
            heading("EXIT STATUS");
            exits.forEach((code, meaning) -> entry(code, plain(meaning)));
        }
        for (Section section : sections) {
            heading(section.title());
            section.entries().forEach(entry -> entry(entry.term(), entry.text()));
        }
        return page.toString();
    }

    private void command(CommandLine command) {
        CommandSpec spec = command.getCommandSpec();
        if (!command.getSubcommands().isEmpty() && spec.positionalParameters().isEmpty()) {
            command.getSubcommands().values().forEach(this::command);
            return;
        }
        StringBuilder title = new StringBuilder(spec.qualifiedName());
        for (PositionalParamSpec parameter : spec.positionalParameters()) {
            boolean optional = parameter.arity().min() == 0;
            title.append(optional ? " [" : " ").append(parameter.paramLabel()).append(optional ? "]" : "");
        }
        page.append(".SS \"").append(escaped(title.toString())).append("\"\n");
        page.append(escaped(plain(spec.usageMessage().description()))).append('\n');
        for (PositionalParamSpec parameter : spec.positionalParameters()) {
            entry(parameter.paramLabel(), plain(parameter.description()));
        }
        for (OptionSpec option : spec.options()) {
            if (!option.inherited() && !option.usageHelp() && !option.versionHelp()) {
                option(option);
            }
        }
        String footer = plain(spec.usageMessage().footer());
        if (!footer.isEmpty()) {
            page.append(".PP\n").append(escaped(footer)).append('\n');
        }
        command.getSubcommands().values().forEach(this::command);
    }

    private void option(OptionSpec option) {
        if (option.hidden()) {
            return;
        }
        String label = option.arity().max() == 0 ? "" : " " + option.paramLabel();
        entry(String.join(", ", option.names()) + label, plain(option.description()));
    }

    private void heading(String title) {
        page.append(".SH \"").append(title).append("\"\n");
    }

    private void entry(String term, String text) {
        if (term.isEmpty()) {
            page.append(escaped(text)).append('\n');
        } else {
            page.append(".TP\n\\fB")
                    .append(escaped(term))
                    .append("\\fR\n")
                    .append(escaped(text))
                    .append('\n');
        }
    }

    private static String plain(String... lines) {
        List<String> plain = new ArrayList<>();
        for (String line : lines) {
            plain.add(Ansi.OFF.string(line.replace("%n", " ").replace("%%", "%")));
        }
        return String.join(" ", plain).strip();
    }

    /** Nothing that roff would take for its own: backslashes, hyphens that must be typed, requests at the start of a line. */
    private static String escaped(String text) {
        String escaped = text.replace("\\", "\\e")
                .replace("-", "\\-")
                .replace("\"", "\\(dq")
                .replace("…", "...");
        return escaped.startsWith(".") || escaped.startsWith("'") ? "\\&" + escaped : escaped;
    }

    /**
     * A line of a section.
     *
     * @param term what is explained; empty for text alone
     */
    record Entry(String term, String text) {}

    private record Section(String title, List<Entry> entries) {}
}
