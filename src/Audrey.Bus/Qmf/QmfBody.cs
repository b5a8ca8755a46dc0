namespace Audrey.Bus.Qmf;

/// <summary>
/// A plain value together with its place in a message, so that an error names the place.
/// </summary>
internal readonly record struct QmfBody(object? Value, string Path)
{
    public QmfBody this[string key] =>
        new(Map().TryGetValue(key, out var value) ? value : null, $"{Path}.{key}");

    public IReadOnlyDictionary<string, object?> Map() =>
        Value as IReadOnlyDictionary<string, object?> ?? throw new QmfFormatException(Path, Missing("a map"));

    public IReadOnlyDictionary<string, object?> MapOrEmpty() => Value is null ? Empty : Map();

    public IReadOnlyList<object?> List() => Value as IReadOnlyList<object?> ?? throw new QmfFormatException(Path, Missing("a list"));

    public IEnumerable<QmfBody> Items()
    {
        var list = List();
        for (var index = 0; index < list.Count; index++) yield return new QmfBody(list[index], $"{Path}[{index}]");
    }

    public string Text() => Value as string ?? throw new QmfFormatException(Path, Missing("a string"));

    public string TextOrEmpty() => Value is null ? "" : Text();

    public ulong Count() => Value switch
    {
        null => 0,
        ulong number => number,
        long number and >= 0 => (ulong)number,
        _ => throw new QmfFormatException(Path, "is not a number of at least 0"),
    };

    private static IReadOnlyDictionary<string, object?> Empty { get; } = new Dictionary<string, object?>();

    private string Missing(string kind) => Value is null ? $"is missing; it must be {kind}" : $"is not {kind}";
}
