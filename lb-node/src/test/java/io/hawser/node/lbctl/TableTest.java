package io.hawser.node.lbctl;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.testing.Seeds;
import org.junit.jupiter.api.Test;

final class TableTest {

    private static final int PIPE = Integer.MAX_VALUE;

    @Test
    void alignsTextLeftAndNumbersRight() {
        Table table = new Table(Column.text("NAME"), Column.number("OPEN"), Column.text("WHY"));
        table.row(Cell.of("a"), Cell.of(12345), Cell.of("x"));
        table.row(Cell.of("backend"), Cell.of(7), Cell.of(null));

        assertThat(table.lines(PIPE, false).lines())
                .containsExactly(
                        "NAME      OPEN  WHY", //
                        "a        12345  x",
                        "backend      7  -");
    }

    @Test
    void shrinksWhatMayShrinkTheWidestFirst() {
        Table table = new Table(
                Column.text("A").shrinksTo(4),
                Column.text("B"),
                Column.text("C").shrinksTo(4));
        table.row(Cell.of("aaaaaaaaaa"), Cell.of("bbbb"), Cell.of("cccccc"));

        assertThat(table.lines(PIPE, false).lines().get(1)).isEqualTo("aaaaaaaaaa  bbbb  cccccc");
        assertThat(table.lines(20, false).lines().get(1)).isEqualTo("aaaaa…  bbbb  cccccc");
        assertThat(table.lines(16, false).lines().get(1)).isEqualTo("aaa…  bbbb  ccc…");
        assertThat(table.lines(16, false).leftOut()).isEmpty();
    }

    @Test
    void leavesOutWhatCanBeSparedAndSaysSo() {
        Table table = new Table(
                Column.text("A"), Column.text("B").spare(1), Column.text("C").spare(2));
        table.row(Cell.of("aaaa"), Cell.of("bbbb"), Cell.of("cccc"));

        Table.Lines lines = table.lines(11, false);

        assertThat(lines.lines()).containsExactly("A     B", "aaaa  bbbb");
        assertThat(lines.leftOut()).containsExactly("C");
        assertThat(table.lines(4, false).leftOut()).containsExactly("C", "B");
    }

    @Test
    void cutsWhatFitsInNoWay() {
        Table table = new Table(Column.text("NAME"), Column.number("NUMBER"));
        table.row(Cell.of("a-long-name"), Cell.of(1));

        assertThat(table.lines(6, false).lines()).containsExactly("NAME", "a-lon…");
    }

    @Test
    void coloursDoNotChangeTheWidths() {
        Table table = new Table(Column.text("A"), Column.text("B"));
        table.row(Cell.of("up", Cell.Tone.GOOD), Cell.of("x"));
        table.row(Cell.of("down", Cell.Tone.BAD), Cell.of("y"));

        assertThat(table.lines(PIPE, true).lines())
                .containsExactly(
                        "\u001b[1mA\u001b[0m     \u001b[1mB\u001b[0m",
                        "\u001b[32mup\u001b[0m    x",
                        "\u001b[31mdown\u001b[0m  y");
    }

    @Test
    void noLineIsLongerThanTheTerminalIsWide() {
        Seeds.rounds(500, random -> {
            Column[] columns = new Column[1 + random.nextInt(6)];
            Cell[] cells = new Cell[columns.length];
            for (int i = 0; i < columns.length; i++) {
                Column column = random.nextBoolean() ? Column.text("T" + i) : Column.number("N" + i);
                columns[i] = column.shrinksTo(random.nextBoolean() ? 3 : 100).spare(random.nextInt(3));
                cells[i] = Cell.of("é".repeat(random.nextInt(30)));
            }
            Table table = new Table(columns);
            table.row(cells);
            int width = 1 + random.nextInt(100);

            assertThat(table.lines(width, false).lines())
                    .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(width));
        });
    }
}
