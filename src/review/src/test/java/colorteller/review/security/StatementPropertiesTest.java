package colorteller.review.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What holds for every statement. */
class StatementPropertiesTest {

  @Property
  void coversItself(@ForAll("statements") Statement statement) {
    assertThat(statement.covers(statement)).isTrue();
    assertThat(statement.without(List.of(statement))).isEmpty();
  }

  @Property
  void coversWhatItsCoveredOneCovers(
      @ForAll("statements") Statement a,
      @ForAll("statements") Statement b,
      @ForAll("statements") Statement c) {
    if (a.covers(b) && b.covers(c)) {
      assertThat(a.covers(c)).isTrue();
    }
  }

  @Property
  void aWildcardNeverNarrows(
      @ForAll("patterns") String before,
      @ForAll("patterns") String after,
      @ForAll("patterns") String p) {
    assertThat(PolicyElement.pattern(before + "*" + after, before + p + after)).isTrue();
    assertThat(PolicyElement.pattern(before + "*" + after, before + after)).isTrue();
  }

  @Property
  void fewerExceptionsAreNeverCovered(
      @ForAll("names") Set<String> names, @ForAll("names") Set<String> more) {
    List<String> all = Stream.concat(names.stream(), more.stream()).distinct().toList();
    if (all.size() > names.size()) {
      Statement fewer = statement(new PolicyElement(true, List.copyOf(names)));
      Statement exceptions = statement(new PolicyElement(true, all));
      assertThat(exceptions.covers(fewer)).isFalse();
      assertThat(fewer.covers(exceptions)).isTrue();
    }
  }

  private static Statement statement(PolicyElement actions) {
    PolicyElement none = new PolicyElement(false, List.of(""));
    return new Statement(
        "Role", true, none, actions, new PolicyElement(false, List.of("*")), Set.of());
  }

  @Provide
  Arbitrary<Statement> statements() {
    return Arbitraries.of(true, false)
        .flatMap(
            not ->
                patterns()
                    .list()
                    .ofMinSize(1)
                    .ofMaxSize(3)
                    .map(actions -> statement(new PolicyElement(not, actions))));
  }

  @Provide
  Arbitrary<String> patterns() {
    return Arbitraries.strings().withChars("ab*?").ofMaxLength(4);
  }

  @Provide
  Arbitrary<Set<String>> names() {
    return Arbitraries.strings()
        .withChars("abc")
        .ofMinLength(1)
        .ofMaxLength(2)
        .set()
        .ofMinSize(1)
        .ofMaxSize(3);
  }
}
