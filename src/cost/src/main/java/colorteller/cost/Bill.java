package colorteller.cost;

import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What something consists of.
 *
 * @param quantities how much of what has a price
 */
public record Bill(Map<Price, Double> quantities) {

  /** Hours of a month, as AWS counts them. */
  public static final int HOURS_OF_A_MONTH = 730;

  public static final Bill NOTHING = new Bill(Map.of());

  /** In one order: rounded, a sum would differ by a cent from run to run. */
  public Bill {
    quantities = new TreeMap<>(quantities);
  }

  /** Both together. */
  public Bill plus(Bill other) {
    Map<Price, Double> sum = new EnumMap<>(Price.class);
    sum.putAll(quantities);
    other.quantities.forEach((price, quantity) -> sum.merge(price, quantity, Double::sum));
    return new Bill(sum);
  }

  /** US dollars an hour. */
  public double hourly() {
    return quantities.entrySet().stream()
        .mapToDouble(e -> e.getKey().hourly() * e.getValue())
        .sum();
  }

  /** US dollars a month. */
  public double monthly() {
    return hourly() * HOURS_OF_A_MONTH;
  }

  /** In words, such as {@code 1 x NAT gateway, 2 x public IPv4 address}. */
  public String describe() {
    return quantities.entrySet().stream()
        .map(e -> "%s x %s".formatted(number(e.getValue()), e.getKey().what()))
        .collect(Collectors.joining(", "));
  }

  private static String number(double quantity) {
    return quantity == Math.rint(quantity)
        ? Long.toString((long) quantity)
        : Double.toString(quantity);
  }
}
