using System.Collections.Immutable;
using Audrey.Core.Documents;
using Audrey.Core.Ids;

namespace Audrey.Core.Instances;

/// <summary>
/// The values that one parameter awaits: of one provider, or of a group's members in their order. Taking a value costs the same however
/// large the group is, on the average of all that come: what is told ends behind the last value that is told, and that end only moves
/// past each member once while values come.
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
    private readonly int _most;

    // The members before the end that have a value are told: all, or the first of them.
    private int _end;
    private int _told;
    private int _there;
    private byte[]? _joined;

    /// <summary>Everything missing since <paramref name="since"/>.</summary>
    public AwaitedValues(ParameterConfig parameter, DateTimeOffset since)
    {
        _group = parameter.Group;
        (_kind, _name, _providers) = parameter.Reference is { } reference
            ? (reference.Kind, reference.Name, [reference.Provider])
            : (_group!.Kind, _group.Name, _group.Members);
        _most = _group?.First ?? _providers.Length;
        _needed = _group?.AtLeast ?? _most;
        _end = _providers.Length;
        _values = new byte[]?[_end];
        _since = new DateTimeOffset[_end];
        Array.Fill(_since, since);
    }

    /// <summary>Who gives the values.</summary>
    public ImmutableArray<InstanceId> Providers => _providers;

    /// <summary>Whether as many values are there as must be.</summary>
    public bool Satisfied => _there >= _needed;

    /// <summary>The value, of a group its values with a line feed between them; null while not <see cref="Satisfied"/>.</summary>
    public byte[]? Value => !Satisfied ? null : _group is null ? _values[0] : _joined ??= Join();

    /// <summary>The values of a group in its order; null while not <see cref="Satisfied"/>, and for a reference to one provider.</summary>
    public ImmutableArray<byte[]>? List => _group is null || !Satisfied ? null : [.. Told()];

    /// <summary>Whether provider number <paramref name="index"/> has not given its value.</summary>
    public bool IsMissing(int index) => _values[index] is null;

    /// <summary>Since when the value of provider number <paramref name="index"/> is missing.</summary>
    public DateTimeOffset Since(int index) => _since[index];

    /// <summary>What is referred to at provider number <paramref name="index"/>.</summary>
    public ParameterReference Reference(int index) => new(_providers[index], _kind, _name);

    /// <summary>Whether provider number <paramref name="index"/> is the very service that awaits it.</summary>
    public bool IsOwnEnd(int index, InstanceId self, string service) =>
        _kind == ReferenceKind.ServiceEnd && _providers[index] == self && _name == service;

    /// <summary>What a provider's snapshot has for this parameter; null while nothing.</summary>
    public byte[]? In(ProviderSnapshot snapshot) => snapshot.Find(_kind, _name);

    /// <summary>Notes since when a value was missing before the group was changed.</summary>
    public void MissingSince(int index, DateTimeOffset since) => _since[index] = since;

    /// <summary>Takes the value that provider number <paramref name="index"/> gives now; null: none.</summary>
    /// <returns>Whether what the parameter stands for changed.</returns>
    public bool Set(int index, byte[]? value, DateTimeOffset now)
    {
        var before = _values[index];
        if (value is null ? before is null : before is not null && before.AsSpan().SequenceEqual(value)) return false;
        var (wasSatisfied, wasTold) = (Satisfied, before is not null && index < _end);
        _values[index] = value;
        if (value is null) _since[index] = now;
        if (before is null) Come(index);
        else if (value is null) Go(index);
        var isTold = value is not null && index < _end;
        if (!wasTold && !isTold && wasSatisfied == Satisfied) return false;
        _joined = null;
        return wasSatisfied || Satisfied;
    }

    /// <summary>What is missing, each value by itself; nothing once <see cref="Satisfied"/>.</summary>
    public IEnumerable<UnresolvedParameter> Unresolved(string parameter, Func<int, WaitReason> reasonOf)
    {
        if (Satisfied) yield break;
        var hasAlternatives = _values.Length - _there > _needed - _there;
        var count = _group is null ? null : new GroupCount(_there, _needed, _values.Length);
        for (var i = 0; i < _values.Length; i++)
        {
            if (_values[i] is not null) continue;
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

    private void Come(int index)
    {
        _there++;
        if (index >= _end) return;
        if (++_told <= _most) return;
        while (_values[--_end] is null)
        {
        }

        _told--;
    }

    private void Go(int index)
    {
        _there--;
        if (index >= _end) return;
        for (_told--; _told < _most && _end < _values.Length; _end++)
            if (_values[_end] is not null) _told++;
    }

    private IEnumerable<byte[]> Told() => _values.Take(_end).OfType<byte[]>();

    private byte[] Join()
    {
        var joined = new byte[Told().Sum(value => value.Length) + Math.Max(0, _told - 1)];
        var at = 0;
        foreach (var value in Told())
        {
            value.CopyTo(joined, at);
            at += value.Length;
            if (at < joined.Length) joined[at++] = (byte)'\n';
        }

        return joined;
    }
}
