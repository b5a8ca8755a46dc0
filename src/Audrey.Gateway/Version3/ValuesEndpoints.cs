using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Audrey.Abstractions.Instances;
using Audrey.Core.Documents;
using Audrey.Core.Instances;
using Audrey.Core.Limits;
using Audrey.Gateway.Endpoints;
using Audrey.Protocol.Version3;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace Audrey.Gateway.Version3;

/// <summary>A guest's giving the values of its provided parameters.</summary>
internal sealed class ValuesEndpoints(Version3Gate gate, IOptions<DocumentLimits> limits) : IEndpointGroup
{
    private readonly DocumentLimits _limits = limits.Value;

    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapPut(Version3Routes.Values, Give).Takes<ValuesRequest>().Describes<ValuesAnswer>("values", "Gives values of provided parameters");

    private async Task Give(string uuid, HttpContext http)
    {
        using var guest = await gate.Enter(http, uuid);
        if (guest is null) return;
        if (await JsonBody.Read(http, Version3Json.Default.ValuesRequest, _limits.MaxGuestBodyBytes) is not { } request) return;
        var faults = Commands.FaultsOf(request.Generation);
        if (request.Revision is not >= 1) faults.Add(new("/revision", "must be a whole number, 1 or more, that rises with every request"));
        if (request.Values is null) faults.Add(new("/values", "is missing: an object of values by name"));
        var values = Read(request.Values, faults);
        if (faults.Count > 0)
        {
            await Problems.BadRequest(http, faults);
            return;
        }

        var given = new ValuesReport(request.Generation!.Value, request.Revision!.Value, [.. values], [.. Digest(values)]);
        if (await gate.Ask(http, guest, given, static (grain, contact, given) => new ValueTask<GuestResult<CommandAnswer>>(grain.SetValues(contact, given))) is not { } answer) return;
        if (await Commands.WriteProblem(http, answer, "revision", name => $"/values/{Commands.Escape(name)}")) return;
        await JsonBody.Write(
            http, new ValuesAnswer(answer.Generation, answer.Number, answer.Verdict == CommandVerdict.Accepted, answer.Missing), Version3Json.Default.ValuesAnswer);
    }

    private List<NamedValue> Read(IReadOnlyDictionary<string, JsonElement>? values, List<Fault> faults)
    {
        List<NamedValue> read = [];
        if (values is null) return read;
        if (values.Count > _limits.MaxProvidedParameters)
        {
            faults.Add(new("/values", $"has {values.Count} values; at most {_limits.MaxProvidedParameters} are allowed"));
            return read;
        }

        foreach (var (name, value) in values)
        {
            var (bytes, problem) = GivenValue.Read(value);
            if (bytes?.Length > _limits.MaxValueBytes) problem = $"has {bytes.Length} bytes; at most {_limits.MaxValueBytes} are allowed";
            if (problem is not null) faults.Add(new($"/values/{Commands.Escape(name)}", problem));
            else read.Add(new NamedValue(name, bytes!));
        }

        return read;
    }

    /// <summary>Of the values in the order of their names: a request that says the same in another order is the same.</summary>
    private static byte[] Digest(List<NamedValue> values)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var value in values.OrderBy(value => value.Name, StringComparer.Ordinal))
        {
            foreach (var part in new[] { Encoding.UTF8.GetBytes(value.Name), value.Value })
            {
                hash.AppendData(BitConverter.GetBytes(part.Length));
                hash.AppendData(part);
            }
        }

        return hash.GetHashAndReset();
    }
}
