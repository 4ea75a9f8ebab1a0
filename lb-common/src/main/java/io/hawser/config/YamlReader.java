package io.hawser.config;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlVersionException;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/**
 * Reads the one document of a YAML text into a tree.
 *
 * <p>The text may come from anyone: its length and depth are bounded, and aliases, which could make a small text a huge
 * tree, are refused.
 */
final class YamlReader {

    /** Thousands of backends fit many times over. */
    static final int MAX_LENGTH = 8 * 1024 * 1024;

    /** The configuration itself is 5 deep; each level costs a few stack frames here. */
    static final int MAX_DEPTH = 50;

    private final Findings findings;
    private final Iterator<Event> events;

    private YamlReader(Findings findings, Iterator<Event> events) {
        this.findings = findings;
        this.events = events;
    }

    /** The tree, or null when the text is no YAML document; what is wrong is reported. */
    static @Nullable YamlNode read(String text, Findings findings) {
        String yaml = withPlainLines(text);
        if (yaml.length() > MAX_LENGTH) {
            findings.report(Place.START, "", "the file is longer than " + MAX_LENGTH + " characters");
            return null;
        }
        int unprintable = firstUnprintable(yaml);
        if (unprintable >= 0) {
            // Not left to the parser: it names no line, and an unpaired surrogate makes it read past its buffer.
            reportCharacter(yaml, unprintable, findings);
            return null;
        }
        LoadSettings settings = LoadSettings.builder()
                .setCodePointLimit(Integer.MAX_VALUE)
                .setParseComments(false)
                .build();
        try {
            return new YamlReader(
                            findings, new Parse(settings).parseString(yaml).iterator())
                    .document();
        } catch (MarkedYamlEngineException e) {
            findings.report(syntaxErrorPlace(e), "", YamlSyntaxHint.describe(e));
        } catch (TooDeepException e) {
            findings.report(e.place, "", "nested more than " + MAX_DEPTH + " levels deep");
        } catch (YamlVersionException e) {
            findings.report(
                    Place.START, "", "this version of YAML is not supported; remove the line that begins with '%YAML'");
        } catch (YamlEngineException e) {
            findings.report(Place.START, "", "not valid YAML: " + e.getMessage());
        }
        return null;
    }

    /** The text without a byte order mark and with one kind of line break, so that everyone counts lines alike. */
    private static String withPlainLines(String text) {
        String unmarked = text.startsWith("\uFEFF") ? text.substring(1) : text;
        return unmarked.replace("\r\n", "\n").replace('\r', '\n');
    }

    private @Nullable YamlNode document() {
        YamlNode root = null;
        int documents = 0;
        while (events.hasNext()) {
            Event event = events.next();
            if (event instanceof DocumentStartEvent && ++documents == 2) {
                findings.report(
                        place(event.getStartMark()),
                        "",
                        "a second document begins here; the file must hold one only, so remove this '---'");
                return null;
            }
            if (startsNode(event)) {
                root = node(event, 0);
            }
        }
        if (root == null) {
            findings.report(Place.START, "", "the file is empty; it needs at least 'listeners' and 'pools'");
        }
        return root;
    }

    private static boolean startsNode(Event event) {
        return event instanceof ScalarEvent || event instanceof CollectionStartEvent || event instanceof AliasEvent;
    }

    private YamlNode node(Event event, int depth) {
        Place place = place(event.getStartMark());
        if (depth > MAX_DEPTH) {
            throw new TooDeepException(place);
        }
        if (event instanceof AliasEvent alias) {
            findings.report(
                    place,
                    "",
                    "'*" + alias.getAlias()
                            + "' is an alias, which is not supported; write the value out, or quote the text");
            return new YamlNode.Unusable(place);
        }
        if (event instanceof ScalarEvent scalar) {
            refuseTag(scalar.getTag(), place);
            return new YamlNode.Scalar(scalar.getValue(), scalar.isPlain(), place);
        }
        refuseTag(((CollectionStartEvent) event).getTag(), place);
        return event.getEventId() == Event.ID.MappingStart ? mapping(place, depth) : sequence(place, depth);
    }

    private YamlNode sequence(Place place, int depth) {
        List<YamlNode> items = new ArrayList<>();
        for (Event next = events.next(); next.getEventId() != Event.ID.SequenceEnd; next = events.next()) {
            items.add(node(next, depth + 1));
        }
        return new YamlNode.Sequence(items, place);
    }

    private YamlNode mapping(Place place, int depth) {
        List<YamlNode.Entry> entries = new ArrayList<>();
        for (Event next = events.next(); next.getEventId() != Event.ID.MappingEnd; next = events.next()) {
            YamlNode key = node(next, depth + 1);
            YamlNode value = node(events.next(), depth + 1);
            if (key instanceof YamlNode.Scalar scalar) {
                entries.add(new YamlNode.Entry(scalar.text(), key.place(), value));
            } else if (!(key instanceof YamlNode.Unusable)) {
                findings.report(key.place(), "", "a key must be a single word, not a list or a section");
            }
        }
        return new YamlNode.Mapping(entries, place);
    }

    private void refuseTag(Optional<String> tag, Place place) {
        if (tag.isPresent()) {
            findings.report(place, "", "tags are not supported; remove '" + tag.get() + "'");
        }
    }

    private static Place syntaxErrorPlace(MarkedYamlEngineException e) {
        return YamlSyntaxHint.pointsAtBeginning(e)
                ? place(e.getContextMark().or(e::getProblemMark))
                : place(e.getProblemMark().or(e::getContextMark));
    }

    private static Place place(Optional<Mark> mark) {
        return mark.map(m -> new Place(m.getLine() + 1, m.getColumn() + 1)).orElse(Place.START);
    }

    private static int firstUnprintable(String text) {
        for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
            if (!StreamReader.isPrintable(text.codePointAt(i))) {
                return i;
            }
        }
        return -1;
    }

    private static void reportCharacter(String text, int index, Findings findings) {
        String before = text.substring(0, index);
        int line = 1 + (int) before.chars().filter(c -> c == '\n').count();
        int lineStart = before.lastIndexOf('\n') + 1;
        findings.report(
                new Place(line, 1 + before.codePointCount(lineStart, index)),
                "",
                String.format("the character U+%04X may not stand in YAML", text.codePointAt(index)));
    }

    private static final class TooDeepException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        private final transient Place place;

        private TooDeepException(Place place) {
            super(null, null, false, false);
            this.place = place;
        }
    }
}
