namespace Audrey.Bus.Qmf;

/// <summary>
/// A condition on named values: nested lists such as <c>[and, [eq, _vendor, [quote, audrey]], [exists, hostname]]</c>. The operators are
/// eq, ne, lt, le, gt, ge, re_match, exists, not, and, or, true and false. A string is the name of a value; <c>[quote, S]</c> is the
/// string itself, and <c>[unquote, S]</c> the value with the name S.
/// </summary>
public sealed class QmfPredicate
{
    private const int MaxTerms = 256;

    private QmfPredicate(IReadOnlyList<object?> expression) => Expression = expression;

    /// <summary>The expression, as a plain list.</summary>
    public IReadOnlyList<object?> Expression { get; }

    /// <summary>Returns the condition that a value equals a constant.</summary>
    public static QmfPredicate Equal(string name, object? value) =>
        new(["eq", name, value is string text ? new List<object?> { "quote", text } : value]);

    /// <summary>Returns the condition that all conditions hold.</summary>
    public static QmfPredicate All(params IEnumerable<QmfPredicate> predicates)
    {
        var expression = new List<object?> { "and" };
        foreach (var predicate in predicates) expression.Add(predicate.Expression);
        return new QmfPredicate(expression);
    }

    /// <summary>Reads a condition.</summary>
    /// <param name="expression">A plain list. An empty list always holds.</param>
    /// <exception cref="QmfFormatException">The expression is not a condition, or is too large.</exception>
    public static QmfPredicate Read(object? expression) => Read(new QmfBody(expression, "predicate"));

    internal static QmfPredicate Read(QmfBody body)
    {
        var terms = 0;
        Check(body, ref terms);
        return new QmfPredicate(body.List());
    }

    /// <summary>Returns whether the condition holds. A comparison with a value that does not exist does not hold.</summary>
    /// <param name="values">The named values, as plain values.</param>
    public bool Holds(IReadOnlyDictionary<string, object?> values) => Holds(Expression, values);

    private static void Check(QmfBody body, ref int terms)
    {
        if (++terms > MaxTerms) throw new QmfFormatException(body.Path, $"has more than {MaxTerms} terms");
        var list = body.List();
        if (list.Count == 0) return;
        var name = list[0] as string ?? throw new QmfFormatException($"{body.Path}[0]", "is not the name of an operator");
        var (minOperands, maxOperands) = name switch
        {
            "eq" or "ne" or "lt" or "le" or "gt" or "ge" or "re_match" => (2, 2),
            "exists" or "not" => (1, 1),
            "and" or "or" => (0, MaxTerms),
            "true" or "false" => (0, 0),
            _ => throw new QmfFormatException($"{body.Path}[0]", $"is '{name}', which is not an operator"),
        };
        if (list.Count - 1 < minOperands || list.Count - 1 > maxOperands)
            throw new QmfFormatException(body.Path, $"has {list.Count - 1} operands, which '{name}' does not take");
        for (var index = 1; index < list.Count; index++)
        {
            var operand = new QmfBody(list[index], $"{body.Path}[{index}]");
            if (name is "and" or "or" or "not") Check(operand, ref terms);
            else CheckOperand(operand);
            if (name is "re_match" && index == 2 && Constant(operand.Value) is { } pattern) CheckPattern(operand.Path, pattern);
        }
    }

    private static void CheckOperand(QmfBody operand)
    {
        if (operand.Value is IReadOnlyList<object?> and not ["quote" or "unquote", string])
            throw new QmfFormatException(operand.Path, "is a list, but not [quote, STRING] or [unquote, STRING]");
    }

    private static void CheckPattern(string path, string pattern)
    {
        if (LinearPattern.TryParse(pattern, out var error) is null) throw new QmfFormatException(path, $"is not a pattern: {error}");
    }

    private static string? Constant(object? operand) => operand is IReadOnlyList<object?> and ["quote", string text] ? text : null;

    private static bool Holds(IReadOnlyList<object?> terms, IReadOnlyDictionary<string, object?> values)
    {
        if (terms.Count == 0) return true;
        switch (terms[0])
        {
            case "true":
                return true;
            case "false":
                return false;
            case "not":
                return !Holds((IReadOnlyList<object?>)terms[1]!, values);
            case "exists":
                return values.ContainsKey(Name(terms[1]));
            case "and" or "or":
                var isAnd = terms[0] is "and";
                for (var index = 1; index < terms.Count; index++)
                {
                    if (Holds((IReadOnlyList<object?>)terms[index]!, values) != isAnd) return !isAnd;
                }

                return isAnd;
            default:
                return TryGet(terms[1], values, out var left) && TryGet(terms[2], values, out var right)
                    && Compares((string)terms[0]!, left, right);
        }
    }

    private static string Name(object? operand) => operand switch
    {
        string name => name,
        IReadOnlyList<object?> and [_, string name] => name,
        _ => "",
    };

    private static bool TryGet(object? operand, IReadOnlyDictionary<string, object?> values, out object? value)
    {
        switch (operand)
        {
            case IReadOnlyList<object?> and ["quote", string text]:
                value = text;
                return true;
            case string or (IReadOnlyList<object?> and ["unquote", string]):
                return values.TryGetValue(Name(operand), out value);
            default:
                value = operand;
                return true;
        }
    }

    private static bool Compares(string name, object? left, object? right)
    {
        if (name is "re_match")
            return left is string text && right is string pattern && LinearPattern.TryParse(pattern, out _)?.Matches(text) is true;
        if (Compare(left, right) is not { } order) return name is "ne";
        return name switch
        {
            "eq" => order == 0,
            "ne" => order != 0,
            "lt" => order < 0,
            "le" => order <= 0,
            "gt" => order > 0,
            _ => order >= 0,
        };
    }

    // Returns null for values that cannot be compared.
    private static int? Compare(object? left, object? right) => (left, right) switch
    {
        (null, null) => 0,
        (string a, string b) => Math.Sign(string.CompareOrdinal(a, b)),
        (bool a, bool b) => a.CompareTo(b),
        (Guid a, Guid b) => a.CompareTo(b),
        (double a, _) when Number(right) is { } b => a.CompareTo(b),
        (_, double b) when Number(left) is { } a => a.CompareTo(b),
        _ => Integer(left) is { } a && Integer(right) is { } b ? a.CompareTo(b) : null,
    };

    private static double? Number(object? value) => value is double number ? number : (double?)Integer(value);

    private static Int128? Integer(object? value) => value switch
    {
        long number => number,
        ulong number => number,
        int number => number,
        uint number => number,
        _ => null,
    };
}
