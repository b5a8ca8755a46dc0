using System.Globalization;
using System.Text;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Instances;

namespace Audrey.Core.Tests.Instances;

public sealed class RequiredValuesStories
{
    private static readonly DateTimeOffset Begin = DateTimeOffset.UnixEpoch;
    private readonly List<ServiceConfig> _services = [];
    private RequiredValues? _required;
    private DateTimeOffset _now = Begin;

    [Theory]
    [InlineData("counters.txt"), InlineData("versions.txt"), InlineData("reasons.txt"), InlineData("order.txt"), InlineData("many.txt")]
    [InlineData("optional.txt"), InlineData("groups.txt"), InlineData("first.txt"), InlineData("gone.txt"), InlineData("amended.txt")]
    [InlineData("too-small.txt")]
    public void Required_values_behave_as_in_the_story(string story) => Story.Play(Path.Combine("required-values", story), Command);

    private IEnumerable<string> Command(string[] words)
    {
        switch (words[0])
        {
            case "service":
                _services.Add(new() { Name = words[1], Parameters = [.. words[2..].Select(Parameter)] });
                return [];
            case "require":
                _required = new(Config(), Begin);
                return State();
            case "forget":
                _services.Clear();
                return [];
            case "amend":
                _required!.Amend(Config(), _now);
                return State();
            case "wait":
                _now += TimeSpan.FromSeconds(int.Parse(words[1], CultureInfo.InvariantCulture));
                return [];
            case "give":
                return [_required!.Accept(Snapshot(words[1..]), _now) ? "changed" : "unchanged", .. State()];
            case "gone":
                var gone = ProviderSnapshot.Unknown(InstanceId.Parse(words[1]), long.Parse(words[2], CultureInfo.InvariantCulture));
                return [_required!.Accept(gone, _now) ? "changed" : "unchanged", .. State()];
            default:
                throw new ArgumentException("unknown command " + words[0]);
        }
    }

    private InstanceConfig Config() => new()
    {
        Id = InstanceId.Parse("me"),
        Name = "me",
        Secret = "s",
        Deployable = DeployableId.Parse("d"),
        DeployableName = "d",
        Services = [.. _services],
    };

    private IEnumerable<string> State()
    {
        yield return $"{(_required!.Complete ? "complete" : "incomplete")}, revision {_required.ChangeCount}, "
            + $"of others: {string.Join(' ', _required.Providers)}, missing of: {string.Join(' ', _required.MissingProviders)}";
        foreach (var service in _required.Services)
        {
            var slots = service.Slots.Select(slot => $"{slot.Name}={Text(slot)}");
            yield return $"{service.Name} {(service.Complete ? "complete" : "incomplete")}: {string.Join(' ', slots)}";
            foreach (var waits in _required.UnresolvedOf(service))
            {
                var of = waits.Group is { } group ? $" of {waits.Provider?.Value ?? "nobody"} in {group}" : "";
                var others = waits.HasAlternatives ? ", or another" : "";
                yield return $"  {waits.Name}{of} since {(waits.Since - Begin).TotalSeconds} s: {waits.Reason}{others}";
            }
        }
    }

    // The values of a group are printed as a list. The group's combined string must equal this list.
    private static string Text(RequiredValues.Slot slot)
    {
        var text = slot.Value is { } value ? Encoding.UTF8.GetString(value) : null;
        if (slot.List is not { } list) return text ?? "?";
        Assert.Equal(string.Join('\n', list.Select(Encoding.UTF8.GetString)), text);
        return $"[{string.Join(' ', list.Select(Encoding.UTF8.GetString))}]";
    }

    // The forms of a parameter are name=value, name<-provider.parameter and name<-provider[service]. ?default can follow each form.
    // If the provider is a group, it has the form {member,member}:first=n:least=n.
    private static ParameterConfig Parameter(string text)
    {
        if (text.Split("<-") is not [var name, var from])
            return new() { Name = text.Split('=')[0], Value = Encoding.UTF8.GetBytes(text.Split('=')[1]) };
        if (from.Split('?') is [var source, var fallback])
            return Parameter($"{name}<-{source}") with { Default = Encoding.UTF8.GetBytes(fallback) };
        var end = from.IndexOfAny(['.', '[']);
        var kind = from[end] == '[' ? ReferenceKind.ServiceEnd : ReferenceKind.ProvidedParameter;
        if (from[0] == '{') return new() { Name = name, Group = Group(from[..end], kind, from[(end + 1)..].TrimEnd(']')) };
        return new() { Name = name, Reference = new(InstanceId.Parse(from[..end]), kind, from[(end + 1)..].TrimEnd(']')) };
    }

    private static GroupReference Group(string text, ReferenceKind kind, string name)
    {
        var parts = text.Split(':');
        return new()
        {
            Assembly = "group",
            Members = [.. parts[0].Trim('{', '}').Split(',', StringSplitOptions.RemoveEmptyEntries).Select(InstanceId.Parse)],
            Kind = kind,
            Name = name,
            First = Number("first="),
            AtLeast = Number("least="),
        };

        int? Number(string word) =>
            parts.FirstOrDefault(part => part.StartsWith(word, StringComparison.Ordinal)) is { } found
                ? int.Parse(found[word.Length..], CultureInfo.InvariantCulture)
                : null;
    }

    // The format is: provider version name=value name [service]=status [service].
    // A name without a value is declared and has no value yet. A name with a leading ! (!name=value) is not declared.
    private static ProviderSnapshot Snapshot(string[] words)
    {
        var given = words[2..].Select(word => word.TrimStart('!').Split('=')).ToLookup(pair => pair[0][0] == '[');
        var declared = words[2..].Where(word => word[0] != '!').Select(word => word.Split('=')[0]).ToLookup(name => name[0] == '[');
        return new()
        {
            Provider = InstanceId.Parse(words[0]),
            Version = long.Parse(words[1], CultureInfo.InvariantCulture),
            Values = [.. Values(given[false])],
            ServiceEnds = [.. Values(given[true])],
            DeclaredParameters = [.. declared[false]],
            DeclaredServices = [.. declared[true].Select(name => name.Trim('[', ']'))],
        };

        static IEnumerable<NamedValue> Values(IEnumerable<string[]> pairs) =>
            pairs.Where(pair => pair.Length == 2).Select(pair => new NamedValue(pair[0].Trim('[', ']'), Encoding.UTF8.GetBytes(pair[1])));
    }
}
