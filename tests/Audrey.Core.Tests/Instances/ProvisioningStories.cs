using System.Globalization;
using System.Text;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Core.Replay;

namespace Audrey.Core.Tests.Instances;

public sealed class ProvisioningStories
{
    private static readonly DateTimeOffset Begin = DateTimeOffset.UnixEpoch;
    private InstanceDefinition _definition = new();
    private InstanceReported _row = new();
    private DateTimeOffset _now = Begin;
    private ulong _nonce;

    [Theory]
    [InlineData("values.txt"), InlineData("statuses.txt"), InlineData("address.txt")]
    [InlineData("generations.txt"), InlineData("no-services.txt")]
    public void Provisioning_behaves_as_in_the_story(string story) => Story.Play(Path.Combine("provisioning", story), Command);

    private IEnumerable<string> Command(string[] words)
    {
        _now += TimeSpan.FromSeconds(1);
        var config = _definition.Config;
        switch (words[0])
        {
            case "register":
                _definition = _definition.Register(
                    Config(words[1..]), ConductorKey.Parse("c"), incarnation: 1, page: 0, _row.Under(_definition).Version,
                    new RequestMark(0, ++_nonce, 0), _now);
                break;
            case "delete":
                _definition = _definition.Delete(_row.Under(_definition).Version, new(DeployableId.Parse("d"), 1));
                break;
            case "put":
                var (values, ends) = Pairs(words[1..]);
                var put = Contact("put", notes: true, provides: false);
                _row = Provisioning.Put(config!, _row.Under(_definition), [.. values], [.. ends], put, _now);
                break;
            case "hear":
                var v0 = words[2] == "v0";
                _row = Provisioning.RecordContact(config!, _row.Under(_definition), Contact(words[1], notes: v0, provides: v0), _now);
                break;
            case "start":
                var before = _row.Under(_definition);
                _row = Provisioning.Start(before, words[1], _now);
                if (ReferenceEquals(before, _row)) return ["unchanged"];
                break;
            default:
                throw new ArgumentException("unknown command " + words[0]);
        }

        return State(_row.Under(_definition));
    }

    private IEnumerable<string> State(InstanceReported row)
    {
        yield return $"generation {row.Generation}, version {row.Version}, "
            + $"{row.Memory.Count} PUTs and {_definition.CommandsByConductor.Count} commands remembered";
        if (_definition.Config is not { } config) yield break;
        var snapshot = ProviderSnapshot.From(_definition, row);
        yield return $"gives {Text(snapshot.Values)}; ended {Text(snapshot.ServiceEnds)}";
        yield return $"{Provisioning.StatusOf(config, row)}, completed {At(row.Completed)}, "
            + $"heard {At(row.FirstContact)} to {At(row.LastContact)} at {row.Address ?? "-"}";
        foreach (var service in config.Services)
        {
            var progress = row.ProgressOf(service.Name);
            yield return $"{service.Name}: {Provisioning.StatusOf(row, service.Name)}, "
                + $"started {At(progress?.Started)}, ended {At(progress?.Ended)}";
        }
    }

    private Contact Contact(string address, bool notes, bool provides) =>
        new(address, notes, provides, new RequestMark(1000 + (long)_nonce, ++_nonce, 0));

    private static string At(DateTimeOffset? time) =>
        time is { } at ? (at - Begin).TotalSeconds.ToString(CultureInfo.InvariantCulture) : "-";

    private static string Text(IEnumerable<NamedValue> values) =>
        string.Join(' ', values.Select(value => $"{value.Name}={Encoding.UTF8.GetString(value.Value)}").DefaultIfEmpty("nothing"));

    private static InstanceConfig Config(string[] words) => new()
    {
        Id = InstanceId.Parse("me"),
        Name = "me",
        Secret = "s",
        Deployable = DeployableId.Parse("d"),
        DeployableName = "d",
        ProvidedParameters = [.. words.Where(word => word[0] != '[')],
        Services = [.. words.Where(word => word[0] == '[').Select(word => new ServiceConfig { Name = word.Trim('[', ']') })],
    };

    private static (IEnumerable<NamedValue> Values, IEnumerable<NamedValue> Ends) Pairs(string[] words)
    {
        var pairs = words.Select(word => word.Split('=')).ToLookup(
            pair => pair[0][0] == '[', pair => new NamedValue(pair[0].Trim('[', ']'), Encoding.UTF8.GetBytes(pair[1])));
        return (pairs[false], pairs[true]);
    }
}
