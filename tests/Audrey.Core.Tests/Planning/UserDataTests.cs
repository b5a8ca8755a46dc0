using System.Text.Json;
using Audrey.Core.Deployables;
using Audrey.Core.Documents;
using Audrey.Core.Planning.Output;

namespace Audrey.Core.Tests.Planning;

public sealed class UserDataTests
{
    private const string Text = "1|http://config.example.com:4567|00000000-0000-0000-0000-000000000001|secret-000000000001";

    [Fact]
    public void User_data_in_the_2012_format_contains_the_endpoint_the_key_and_the_secret()
    {
        var plan = Shop.Plan(Shop.Document);

        Assert.Equal(Text, UserDataLine.Format(plan, plan.Instances[0]));
        Assert.Equal(
            Text, System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(UserDataLine.FormatBase64(plan, plan.Instances[0]))));
    }

    [Fact]
    public void The_cloud_config_stores_the_user_data_for_root_only_and_starts_the_guest_program()
    {
        var plan = Shop.Plan(Shop.Document);

        Assert.Equal(
            $"""
            #cloud-config
            write_files:
            - path: "/etc/audrey-instance-config/user-data"
              owner: "root:root"
              permissions: "0600"
              encoding: "b64"
              content: "{UserDataLine.FormatBase64(plan, plan.Instances[0])}"
            runcmd:
            - - "systemctl"
              - "start"
              - "--no-block"
              - "audrey-instance-config.service"

            """,
            CloudConfig.Format(plan, plan.Instances[0]));
    }

    [Fact]
    public void A_seed_directory_gives_the_machine_its_id_and_host_name()
    {
        var files = NoCloudSeed.Create(Shop.Plan(Shop.Document).Instances[1], "#cloud-config\n");

        Assert.Equal(
            [("meta-data", "instance-id: \"00000000-0000-0000-0000-000000000002\"\nlocal-hostname: \"db\"\n"),
             ("user-data", "#cloud-config\n")],
            files.ToArray());
    }

    [Fact]
    public void Every_YAML_reader_reads_the_same_typed_values_from_standalone_user_data()
    {
        var document = new DeployableDocument
        {
            Name = "Alone",
            Assemblies =
            [
                new AssemblyDocument
                {
                    Name = "ssh",
                    Services =
                    [
                        new ServiceDocument
                        {
                            Name = "sshd",
                            Classes = ["sshd"],
                            Parameters =
                            [
                                new ParameterDocument { Name = "port", Type = ParameterType.Integer, Value = "0644" },
                                new ParameterDocument { Name = "root", Type = ParameterType.Boolean, Value = "false" },
                                new ParameterDocument { Name = "users", Type = ParameterType.List, Value = "no\n1:30" },
                                new ParameterDocument { Name = "no", Value = "yes" },
                                new ParameterDocument { Name = "motd", Value = "a \"b\"\n\\ %{x}" },
                            ],
                        },
                        new ServiceDocument
                        {
                            Name = "script",
                            Executable = new SourceFile { Contents = "#!/bin/sh\n" },
                            Files = [new SourceFile { FileName = "motd", Contents = "Welcome.\n" }],
                            Parameters = [new ParameterDocument { Name = "hosts", Type = ParameterType.List, Value = "a\nb" }],
                        },
                    ],
                },
            ],
        };

        var (text, problems) = StandaloneYaml.Create(Shop.Plan(document).Instances[0]);

        Assert.Empty(problems);
        Assert.Equal(
            """
            ---
            audrey: 1
            puppet:
              classes:
                "sshd":
                  "port": 644
                  "root": false
                  "users":
                  - "no"
                  - "1:30"
                  "no": "yes"
                  "motd": "a \"b\"\n\\ %{x}"
            services:
            - name: "script"
              executable: "#!/bin/sh\n"
              files:
                "motd": "Welcome.\n"
              parameters:
                "hosts": "a\nb"

            """,
            text);
    }

    [Fact]
    public void The_finding_explains_why_an_instance_that_needs_others_cannot_be_standalone()
    {
        var (text, problems) = StandaloneYaml.Create(Shop.Plan(Shop.Document).Instances[0]);

        Assert.Null(text);
        Assert.Equal(
            [
                "web[http].db: needs the value ipaddress of another instance, which only a config server can deliver; launch with a "
                + "server, or give a value",
                "web[http].ready: needs the end of service mysql of another instance, which only a config server can deliver; launch "
                + "with a server, or give a value",
            ],
            problems.Select(problem => problem.ToString()));
    }

    [Fact]
    public void Standalone_user_data_cannot_have_ambiguous_classes_or_URLs()
    {
        ServiceDocument[] services =
        [
            new ServiceDocument { Name = "two", Classes = ["a", "b"], Parameters = [new ParameterDocument { Name = "p", Value = "1" }] },
            new ServiceDocument { Name = "again", Classes = ["a"] },
            new ServiceDocument { Name = "none", Parameters = [new ParameterDocument { Name = "p", Value = "1" }] },
            new ServiceDocument { Name = "fetched", Executable = new SourceFile { Url = "https://example.com/start" } },
            new ServiceDocument { Name = "puppet", Executable = new SourceFile { Contents = "#!/bin/sh\n" } },
        ];
        var document =
            new DeployableDocument
            {
                Name = "Alone",
                Assemblies = [new AssemblyDocument { Name = "web", Services = [.. services] }, new AssemblyDocument { Name = "bare" }],
            };

        var plan = Shop.Plan(document);

        Assert.Equal(
            [
                "web[two]: has 2 classes, so it is unclear which one its parameters belong to; make one service for each class",
                "web[again]: has the class a a second time; declare a class once",
                "web[none]: has 0 classes, so it is unclear which one its parameters belong to; make one service for each class",
                "web[fetched]: has its executable by URL, which a guest gets only through a server; give it inline",
                "web[puppet]: is called puppet, which is the name of the guest's puppet run; use another name",
                "bare: has neither a script nor a puppet class, so there is nothing to configure",
            ],
            plan.Instances.SelectMany(instance => StandaloneYaml.Create(instance).Findings).Select(problem => problem.ToString()));
    }

    [Theory]
    [InlineData(12 * 1024, false)]
    [InlineData(11 * 1024, true)]
    public void Standalone_user_data_is_limited_to_the_size_that_every_cloud_accepts(int size, bool fits)
    {
        var plan = Shop.Plan(Shop.With(new ParameterDocument { Name = "p", Value = new string('x', size) }));

        var (text, problems) = StandaloneYaml.Create(plan.Instances[0]);

        Assert.Equal(fits, text is not null);
        if (!fits) Assert.Contains("at most 16384 are allowed", Assert.Single(problems).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_plan_that_is_written_without_secrets_contains_none()
    {
        var plan = Shop.Plan(Shop.Document);

        var shown = PlanJson.Write(plan, showSecrets: false);

        Assert.DoesNotContain("hunter2", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("userData", shown, StringComparison.Ordinal);
    }

    [Fact]
    public void A_launcher_can_read_the_instances_to_boot_from_the_plan()
    {
        var plan = Shop.Plan(Shop.Document);

        using var json = JsonDocument.Parse(PlanJson.Write(plan, showSecrets: true));

        Assert.Equal(1, json.RootElement.GetProperty("audreyPlan").GetInt32());
        var web = json.RootElement.GetProperty("instances")[0];
        Assert.Equal(
            ("web", "small", "image-1", Text),
            (
                web.GetProperty("label").GetString(),
                web.GetProperty("hardwareProfile").GetString(),
                web.GetProperty("image").GetString(),
                web.GetProperty("userData").GetString()));
        Assert.Equal(
            plan.Instances[1].Config.Id.Value,
            web.GetProperty("services")[0].GetProperty("parameters")[1].GetProperty("reference").GetProperty("instance").GetString());
        Assert.Equal(
            "hunter2",
            json.RootElement.GetProperty("instances")[1]
                .GetProperty("services")[0].GetProperty("parameters")[0].GetProperty("value").GetString());
    }
}
