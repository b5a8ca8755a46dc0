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
    [InlineData("counters.txt"), InlineData("versions.txt"), InlineData("reasons.txt"), InlineData("order.txt")]
    public void Required_values_as_told(string story) => Story.Play(Path.Combine("required-values", story), Command);

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
            case "wait":
                _now += TimeSpan.FromSeconds(int.Parse(words[1], CultureInfo.InvariantCulture));
                return [];
            case "give":
                return [_required!.Accept(Snapshot(words[1..]), _now) ? "changed" : "unchanged", .. State()];
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
        yield return $"{(_required!.Complete ? "complete" : "incomplete")}, revision {_required.Revision}, "
            + $"of others: {string.Join(' ', _required.Providers)}, missing of: {string.Join(' ', _required.MissingProviders)}";
        foreach (var service in _required.Services)
        {
            var slots = service.Slots.Select(slot => $"{slot.Name}={(slot.Value is { } value ? Encoding.UTF8.GetString(value) : "?")}");
            yield return $"{service.Name} {(service.Complete ? "complete" : "incomplete")}: {string.Join(' ', slots)}";
            foreach (var waits in _required.UnresolvedOf(service))
                yield return $"  {waits.Name} since {(waits.Since - Begin).TotalSeconds} s: {waits.Reason}";
        }
    }

    // name=value, name<-provider.parameter, name<-provider[service]
    private static ParameterConfig Parameter(string text)
    {
        if (text.Split("<-") is not [var name, var from]) return new() { Name = text.Split('=')[0], Value = Encoding.UTF8.GetBytes(text.Split('=')[1]) };
        var end = from.IndexOfAny(['.', '[']);
        var kind = from[end] == '[' ? ReferenceKind.ServiceEnd : ReferenceKind.ProvidedParameter;
        return new() { Name = name, Reference = new(InstanceId.Parse(from[..end]), kind, from[(end + 1)..].TrimEnd(']')) };
    }

    // provider version name=value name [service]=status [service]; what has no value is declared only, and !name=value is not declared.
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
