package io.hawser.node.lbctl;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Rows under headings, fitted into a terminal's width: columns shrink as they may, then are left out as they may. */
public final class Table {

    private static final String GAP = "  ";

    private final List<Column> columns;
    private final List<List<Cell>> rows = new ArrayList<>();

    /** Makes it, without rows. */
    public Table(Column... columns) {
        this.columns = List.of(columns);
    }

    /** Adds a row, a cell for each column. */
    public void row(Cell... cells) {
        if (cells.length != columns.size()) {
            throw new IllegalArgumentException(cells.length + " cells for " + columns.size() + " columns");
        }
        rows.add(List.of(cells));
    }

    boolean isEmpty() {
        return rows.isEmpty();
    }

    /** The lines, none longer than {@code width} characters, and the titles of the columns that were left out. */
    public Lines lines(int width, boolean colours) {
        List<Integer> shown = new ArrayList<>();
        List<String> leftOut = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            shown.add(i);
        }
        while (leastWidth(shown) > width) {
            Integer spare = shown.stream()
                    .filter(i -> columns.get(i).spare() > 0)
                    .max(Comparator.comparingInt(i -> columns.get(i).spare()))
                    .orElse(null);
            if (spare == null) {
                break;
            }
            shown.remove(spare);
            leftOut.add(columns.get(spare).title());
        }
        int[] widths = widths(shown, width);
        List<String> lines = new ArrayList<>();
        boolean titled = columns.stream().anyMatch(column -> !column.title().isEmpty());
        if (titled) {
            List<Cell> titles = columns.stream()
                    .map(column -> new Cell(column.title(), Cell.Tone.TITLE))
                    .toList();
            lines.add(line(titles, shown, widths, width, colours));
        }
        for (List<Cell> row : rows) {
            lines.add(line(row, shown, widths, width, colours));
        }
        return new Lines(lines, leftOut);
    }

    private int natural(int column) {
        int widest = length(columns.get(column).title());
        for (List<Cell> row : rows) {
            widest = Math.max(widest, length(row.get(column).text()));
        }
        return widest;
    }

    private int least(int column) {
        return Math.min(natural(column), columns.get(column).least());
    }

    private int leastWidth(List<Integer> shown) {
        return shown.stream().mapToInt(this::least).sum() + GAP.length() * (shown.size() - 1);
    }

    /** Each shown column's width: its natural one, less what the widest of those that may shrink give up. */
    private int[] widths(List<Integer> shown, int width) {
        int[] widths = shown.stream().mapToInt(this::natural).toArray();
        int over = GAP.length() * (shown.size() - 1) - width;
        for (int one : widths) {
            over += one;
        }
        while (over > 0) {
            int widest = -1;
            for (int i = 0; i < widths.length; i++) {
                boolean shrinks = widths[i] > least(shown.get(i));
                if (shrinks && (widest < 0 || widths[i] > widths[widest])) {
                    widest = i;
                }
            }
            if (widest < 0) {
                break;
            }
            widths[widest]--;
            over--;
        }
        return widths;
    }

    private String line(List<Cell> cells, List<Integer> shown, int[] widths, int width, boolean colours) {
        StringBuilder line = new StringBuilder();
        int used = 0;
        String gap = "";
        for (int i = 0; i < widths.length && used < width; i++) {
            Cell cell = cells.get(shown.get(i));
            int room = Math.min(widths[i], width - used);
            String text = cut(cell.text(), room);
            String padding = " ".repeat(room - length(text));
            boolean right = columns.get(shown.get(i)).right();
            String painted = colours ? cell.tone().paint(text) : text;
            line.append(gap).append(right ? padding + painted : painted);
            used += widths[i] + GAP.length();
            // Nothing follows the last column's text.
            gap = right ? GAP : padding + GAP;
        }
        return line.toString();
    }

    private static int length(String text) {
        return text.codePointCount(0, text.length());
    }

    /** The text's beginning, with an ellipsis, where it has more characters. */
    static String cut(String text, int characters) {
        if (length(text) <= characters) {
            return text;
        }
        return characters <= 0 ? "" : text.substring(0, text.offsetByCodePoints(0, characters - 1)) + "…";
    }

    /** What a table looks like. */
    public record Lines(List<String> lines, List<String> leftOut) {}
}
