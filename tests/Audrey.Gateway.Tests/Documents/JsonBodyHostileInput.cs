using System.Text;
using System.Text.Json.Serialization.Metadata;
using Audrey.Core.Ids;
using Audrey.Core.Limits;
using Audrey.Gateway.Documents;
using Audrey.Gateway.Problems;
using Audrey.Gateway.Requests;
using Audrey.Protocol.Version3;
using Audrey.Testing.Fuzzing;

namespace Audrey.Gateway.Tests.Documents;

/// <summary>Every body is read, or refused with the places of its errors. The bodies are mutations of those that clients send.</summary>
public sealed class JsonBodyHostileInput
{
    private const int Rounds = 5000;
    private const int MaxBytes = 16 << 20;

    private const string Instance = """
        {
          "id": "6e5f6f2e-0a3f-4a2b-9a51-0d2f6a9b7c11", "assembly": "web", "ordinal": 1, "secret": "s3cr3t", "type": "t", "template": "x",
          "provide": [{ "name": "ip" }, { "name": "key", "secret": true }],
          "services": [{
            "name": "http", "classes": ["apache"], "executable": { "fileName": "start", "contents": "IyEvYmluL3No" },
            "files": [{ "url": "http://files.example.com/a" }],
            "parameters": [
              { "name": "port", "value": "8080", "type": "integer" }, { "name": "raw", "base64": "AP8=", "defaultBase64": "AA==" },
              { "name": "db", "from": { "instance": "0b1c2d3e-0a3f-4a2b-9a51-0d2f6a9b7c12", "service": "mysql", "onFailed": "go-on" } },
              { "name": "all", "type": "list", "from": { "group": "g", "parameter": "ip", "first": 2, "atLeast": 1 } },
              { "name": "some", "from": { "group": "g", "instances": ["0b1c2d3e-0a3f-4a2b-9a51-0d2f6a9b7c12"], "parameter": "ip" } }
            ]
          }]
        }
        """;

    private const string Database = """
        {
          "id": "0b1c2d3e-0a3f-4a2b-9a51-0d2f6a9b7c12", "assembly": "g", "ordinal": 0, "secret": "another", "provide": [{ "name": "ip" }],
          "services": [{ "name": "mysql" }]
        }
        """;

    private static readonly byte[][] Bodies =
    [
        .. new[]
        {
            $$"""{ "name": "shop", "deadlineSeconds": 600, "instances": [{{Instance}}, {{Database}}] }""",
            """{"name":"m\u00fcller \ud83d\ude00","instances":[{"id":"0b1c2d3e-0a3f-4a2b-9a51-0d2f6a9b7c12","prototype":true}]}""",
            OneLine("""{"group":{"assembly":"g","instances":["6e5f6f2e-0a3f-4a2b-9a51-0d2f6a9b7c11"]}}""") + OneLine(Instance),
            OneLine($$"""{"instance":{{Database}}}""") + OneLine($$"""{"instance":{{Instance}}}"""),
            """{"generation":1,"revision":7,"values":{"ip":"10.0.0.1","port":22,"up":true,"list":["a","b"],"raw":{"base64":"AP8="}}}""",
            """{"generation":1,"state":"ended","run":2,"exitStatus":1,"durationSeconds":1.5,"output":"why","message":"m"}""",
            """{"generation":1,"facts":{"os":"Debian"},"revision":"r","size":3,"remove":["web-1"],"owner":"next","overlapSeconds":60}""",
            """{"name":"shop","instances":3,"deadlineSeconds":1e3,"secret":"s","role":"conductor"}""",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    private static readonly DocumentLimits Limits = new();
    private static readonly DeployableId Shop = DeployableId.Parse("shop");

    [Fact]
    public void A_mutated_registration_is_read_or_refused_with_the_places_of_its_errors()
    {
        var valid = 0;
        Fuzz.Run(Rounds, random =>
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            if (Parse(Mutated(random), Version3Json.Default.DeployableRequest) is { } request)
            {
                var reader = new DeployableRequestReader(Shop, Limits);
                var instances = reader.Read(request);
                CheckErrors(reader.Errors);
                CheckErrors(reader.Warnings);
                Assert.True(reader.Errors.Count > 0 || instances.Count > 0);
                if (reader.Errors.Count == 0) valid++;
            }

            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MaxBytes);
        });
        Assert.True(valid > 0 || !Fuzz.IsLong(Rounds), "No body was valid.");
    }

    [Fact]
    public void Mutated_lines_of_a_launch_are_read_or_refused_with_their_numbers()
    {
        Fuzz.Run(Rounds, random =>
        {
            var body = Mutated(random);
            var reader = new LaunchLineReader(new JsonLinesBody(body), Shop, "shop", Limits);
            var read = reader.Instances().Count();
            Assert.InRange(read + reader.Refused, 0, body.Count(value => value == (byte)'\n') + 1);
            Assert.All(reader.Refusals, refusal => Assert.True(refusal.Line > 0 && refusal.Errors.Count > 0));
            Assert.All(reader.Refusals, refusal => CheckErrors(refusal.Errors));
        });
    }

    [Fact]
    public void Mutated_bodies_of_all_other_requests_are_read_or_refused()
    {
        Fuzz.Run(Rounds, random =>
        {
            var body = Mutated(random);
            var values = Parse(body, Version3Json.Default.ValuesRequest)?.Values?.Values ?? [];
            Assert.All(values.Select(ValueReader.Read), read => Assert.True(read.Bytes is null != read.Problem is null));

            var errors = new RequestErrors();
            DurationReader.ReadDeadline(Parse(body, Version3Json.Default.LaunchStart)?.DeadlineSeconds, errors);
            DurationReader.ReadDeadline(Parse(body, Version3Json.Default.GroupRequest)?.DeadlineSeconds, errors);
            DurationReader.ReadDeadline(Parse(body, Version3Json.Default.ReplaceRequest)?.DeadlineSeconds, errors);
            DurationReader.ReadDeadline(Parse(body, Version3Json.Default.RenewRequest)?.DeadlineSeconds, errors);
            CheckErrors(errors.All);
            var rotation = Parse(body, Version3Json.Default.RotationRequest)?.OverlapSeconds;
            Assert.NotEqual(
                OverlapReader.TryRead(rotation, TimeSpan.FromDays(1), out _, out var refusal), refusal is not null);
            Parse(body, Version3Json.Default.FactsRequest);
            Parse(body, Version3Json.Default.AppliedRequest);
            Parse(body, Version3Json.Default.ServiceRequest);
            Parse(body, Version3Json.Default.OwnerRequest);
            Parse(body, Version3Json.Default.DefinitionRequest);
            Parse(body, Version3Json.Default.CredentialRequest);
            Parse(body, Version3Json.Default.SecretRotationRequest);
        });
    }

    private static string OneLine(string json) => json.Replace("\n", "", StringComparison.Ordinal) + "\n";

    private static byte[] Mutated(Random random) =>
        Mutations.Mutate(Bodies[random.Next(Bodies.Length)], Bodies[random.Next(Bodies.Length)], random);

    /// <summary>Parses a body. Returns null if it is refused.</summary>
    private static T? Parse<T>(byte[] body, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonInput.Parse(body, type);
        }
        catch (ProblemException refused)
        {
            Assert.Equal(400, refused.Problem.Status);
            Assert.StartsWith("The body is ", refused.Problem.Detail, StringComparison.Ordinal);
            return null;
        }
    }

    private static void CheckErrors(IReadOnlyList<ProblemError> errors)
    {
        Assert.InRange(errors.Count, 0, 101);
        Assert.All(errors, error => Assert.True(error.Pointer is "" or ['/', ..], $"{error.Pointer} is not a JSON pointer."));
        Assert.All(errors, error => Assert.InRange(error.Detail.Length, 1, 500));
    }
}
