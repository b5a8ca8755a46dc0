using Amqp.Types;

namespace Audrey.Bus.Qmf;

/// <summary>
/// Changes values of AMQP into plain values and back. A plain value is null, a <see cref="bool"/>, <see cref="long"/>,
/// <see cref="ulong"/>, <see cref="double"/>, <see cref="string"/> or <see cref="Guid"/>, a list of plain values, or a map from strings to
/// plain values. Times are <see cref="ulong"/>: nanoseconds since 1970.
/// </summary>
internal static class QmfValues
{
    private const int MaxDepth = 16;
    private const int MaxValues = 100_000;

    /// <summary>Returns the plain value of a value that AMQPNetLite has decoded.</summary>
    /// <exception cref="QmfFormatException">The value has a type that QMF does not have, is too deep, or consists of too many values.
    /// </exception>
    public static object? Read(object? value, string path)
    {
        var left = MaxValues;
        return Read(value, path, 0, ref left);
    }

    /// <summary>Returns the text of a string, a symbol or binary UTF-8; null for any other value.</summary>
    public static string? Text(object? value) => value switch
    {
        string text => text,
        Symbol symbol => (string)symbol,
        byte[] bytes => System.Text.Encoding.UTF8.GetString(bytes),
        _ => null,
    };

    /// <summary>Returns the value that AMQPNetLite encodes for a plain value.</summary>
    /// <exception cref="ArgumentException">The value is not a plain value.</exception>
    public static object? Write(object? value) => value switch
    {
        null or bool or long or ulong or double or string or Guid or int or uint => value,
        short or sbyte => Convert.ToInt64(value, null),
        byte or ushort => Convert.ToUInt64(value, null),
        float single => (double)single,
        DateTimeOffset time => Nanoseconds(time),
        IReadOnlyDictionary<string, object?> map => WriteMap(map),
        System.Collections.IEnumerable list => WriteList(list),
        _ => throw new ArgumentException($"A message cannot contain a {value.GetType().Name}.", nameof(value)),
    };

    /// <summary>Returns the time in nanoseconds since 1970.</summary>
    public static ulong Nanoseconds(DateTimeOffset time) => (ulong)(time - DateTimeOffset.UnixEpoch).Ticks * 100;

    public static Map WriteMap(IReadOnlyDictionary<string, object?> values)
    {
        var map = new Map();
        foreach (var (key, value) in values) map[key] = Write(value);
        return map;
    }

    private static List WriteList(System.Collections.IEnumerable values)
    {
        var list = new List();
        foreach (var value in values) list.Add(Write(value));
        return list;
    }

    private static object? Read(object? value, string path, int depth, ref int left)
    {
        if (--left < 0) throw new QmfFormatException(path, $"has more than {MaxValues} values");
        return value switch
        {
            null => null,
            bool or long or ulong or double or string or Guid => value,
            sbyte number => (long)number,
            short number => (long)number,
            int number => (long)number,
            byte number => (ulong)number,
            ushort number => (ulong)number,
            uint number => (ulong)number,
            float number => (double)number,
            char letter => letter.ToString(),
            DateTime time => Nanoseconds(new DateTimeOffset(time.ToUniversalTime())),
            Symbol or byte[] => Text(value),
            Map map => ReadMap(map, path, depth + 1, ref left),
            System.Collections.IList list => ReadList(list, path, depth + 1, ref left),
            _ => throw new QmfFormatException(path, $"is a {value.GetType().Name}, which QMF does not have"),
        };
    }

    private static Dictionary<string, object?> ReadMap(Map map, string path, int depth, ref int left)
    {
        CheckDepth(path, depth);
        var values = new Dictionary<string, object?>(map.Count, StringComparer.Ordinal);
        foreach (var (key, value) in map)
        {
            var name = Text(key) ?? throw new QmfFormatException(path, "has a key that is not a string");
            values[name] = Read(value, $"{path}.{Short(name)}", depth, ref left);
        }

        return values;
    }

    private static List<object?> ReadList(System.Collections.IList list, string path, int depth, ref int left)
    {
        CheckDepth(path, depth);
        var values = new List<object?>(Math.Min(list.Count, left));
        for (var index = 0; index < list.Count; index++) values.Add(Read(list[index], $"{path}[{index}]", depth, ref left));
        return values;
    }

    private static void CheckDepth(string path, int depth)
    {
        if (depth > MaxDepth) throw new QmfFormatException(path, $"has more than {MaxDepth} levels of maps and lists");
    }

    private static string Short(string name) => name.Length <= 64 ? name : name[..64] + "…";
}
