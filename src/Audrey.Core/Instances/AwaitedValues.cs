using System.Collections.Immutable;
using Audrey.Core.Documents;
using Audrey.Core.Ids;

namespace Audrey.Core.Instances;

/// <summary>
/// The values that one parameter waits for: the value of one provider, or the values of a group's members in their order. If a reference
/// uses only the first few values, they are the values before one position in the group. This position moves towards the start as values
/// arrive, and passes each member once. So the average cost of accepting a value does not depend on the size of the group.
/// </summary>
internal sealed class AwaitedValues
{
    private readonly GroupReference? _group;
    private readonly ReferenceKind _kind;
    private readonly string _name;
    private readonly ImmutableArray<InstanceId> _providers;
    private readonly byte[]?[] _values;
    private readonly DateTimeOffset[] _since;
    private readonly int _needed;
    private readonly int _max;

    // Only the values of the members before this position are used. These are all members, or the first few.
    private int _end;
    private int _counted;
    private int _present;
    private byte[]? _joined;

    /// <summary>Creates the object. Every value counts as missing since <paramref name="since"/>.</summary>
    public AwaitedValues(ParameterConfig parameter, DateTimeOffset since)
    {
        _group = parameter.Group;
        (_kind, _name, _providers) = parameter.Reference is { } reference
            ? (reference.Kind, reference.Name, [reference.Provider])
            : (_group!.Kind, _group.Name, _group.Members);
        _max = _group?.First ?? _providers.Length;
        _needed = _group?.Numbers.NeededOf(_providers.Length) ?? 1;
        _end = _providers.Length;
        _values = new byte[]?[_end];
        _since = new DateTimeOffset[_end + (_group is null ? 0 : 1)];
        Array.Fill(_since, since);
    }

    /// <summary>The providers of the values.</summary>
    public ImmutableArray<InstanceId> Providers => _providers;

    /// <summary>Whether enough values are available.</summary>
    public bool Satisfied => _present >= _needed;

    /// <summary>
    /// The value of the parameter. For a group, the values of its members, separated by line feeds. Null while <see cref="Satisfied"/> is
    /// false.
    /// </summary>
    public byte[]? Value => !Satisfied ? null : _group is null ? _values[0] : _joined ??= Join();

    /// <summary>
    /// The values of a group in the group's order. Null while <see cref="Satisfied"/> is false. Always null for a reference to one
    /// provider.
    /// </summary>
    public ImmutableArray<byte[]>? List => _group is null || !Satisfied ? null : [.. Counted()];

    /// <summary>
    /// The number of causes that can keep the value away. Each provider is one. For a group there is one more, the last: the group has
    /// fewer members than values are needed.
    /// </summary>
    public int Causes => _since.Length;

    /// <summary>Returns the provider of cause number <paramref name="index"/>. Null if the cause is the size of the group.</summary>
    public InstanceId? Provider(int index) => index < _providers.Length ? _providers[index] : null;

    /// <summary>
    /// Returns whether the value of provider number <paramref name="index"/> is missing, or for the last cause of a group, whether the
    /// group is too small.
    /// </summary>
    public bool IsMissing(int index) => index < _values.Length ? _values[index] is null : _values.Length < _needed;

    /// <summary>Returns the time since when cause number <paramref name="index"/> has kept the value away.</summary>
    public DateTimeOffset Since(int index) => _since[index];

    /// <summary>Returns the time since when a cause has kept the value away. Null if no cause does.</summary>
    public DateTimeOffset? MissingSince()
    {
        DateTimeOffset? oldest = null;
        for (var i = 0; i < Causes; i++)
            if (IsMissing(i) && !(oldest <= _since[i])) oldest = _since[i];
        return oldest;
    }

    /// <summary>Returns the reference of cause number <paramref name="index"/>.</summary>
    public ParameterReference Reference(int index) => new(Provider(index) ?? default, _kind, _name);

    /// <summary>
    /// Returns whether the value of provider number <paramref name="index"/> is the end of the service that waits for it.
    /// </summary>
    public bool IsOwnEnd(int index, InstanceId self, string service) =>
        _kind == ReferenceKind.ServiceEnd && Provider(index) == self && _name == service;

    /// <summary>Returns the value of this parameter from a provider's snapshot, or null.</summary>
    public byte[]? In(ProviderSnapshot snapshot) => snapshot.Find(_kind, _name);

    /// <summary>
    /// Sets the time since when a value has been missing. Called after a change of the group, to keep the time that was known before.
    /// </summary>
    public void MissingSince(int index, DateTimeOffset since) => _since[index] = since;

    /// <summary>Accepts the current value of provider number <paramref name="index"/>, or null.</summary>
    /// <returns>Whether the parameter's value changed.</returns>
    public bool Set(int index, byte[]? value, DateTimeOffset now)
    {
        var before = _values[index];
        if (value is null ? before is null : before is not null && before.AsSpan().SequenceEqual(value)) return false;
        var (wasSatisfied, wasCounted) = (Satisfied, before is not null && index < _end);
        _values[index] = value;
        if (value is null) _since[index] = now;
        if (before is null) OnArrived(index);
        else if (value is null) OnGone(index);
        var isCounted = value is not null && index < _end;
        if (!wasCounted && !isCounted && wasSatisfied == Satisfied) return false;
        _joined = null;
        return wasSatisfied || Satisfied;
    }

    /// <summary>
    /// Returns the causes that keep the value away: none when <see cref="Satisfied"/> is true, and at least one when it is false.
    /// </summary>
    public IEnumerable<UnresolvedParameter> Unresolved(string parameter, Func<int, WaitReason> reasonOf)
    {
        if (Satisfied) yield break;
        var hasAlternatives = _values.Length > _needed;
        var count = _group is null ? null : new GroupCount(_present, _needed, _values.Length);
        for (var i = 0; i < Causes; i++)
        {
            if (!IsMissing(i)) continue;
            yield return new UnresolvedParameter
            {
                Name = parameter,
                Reference = Reference(i),
                Since = _since[i],
                Reason = reasonOf(i),
                Group = _group?.Assembly,
                HasAlternatives = hasAlternatives,
                Count = count,
            };
        }
    }

    private void OnArrived(int index)
    {
        _present++;
        if (index >= _end) return;
        if (++_counted <= _max) return;
        while (_values[--_end] is null)
        {
        }

        _counted--;
    }

    private void OnGone(int index)
    {
        _present--;
        if (index >= _end) return;
        for (_counted--; _counted < _max && _end < _values.Length; _end++)
            if (_values[_end] is not null) _counted++;
    }

    private IEnumerable<byte[]> Counted() => _values.Take(_end).OfType<byte[]>();

    private byte[] Join()
    {
        // The form of ListText, for bytes.
        var isEndEmpty = Counted().LastOrDefault() is { Length: 0 };
        var joined = new byte[Counted().Sum(value => value.Length) + Math.Max(0, _counted - 1) + (isEndEmpty ? 1 : 0)];
        var at = 0;
        foreach (var value in Counted())
        {
            value.CopyTo(joined, at);
            at += value.Length;
            if (at < joined.Length) joined[at++] = (byte)'\n';
        }

        return joined;
    }
}
