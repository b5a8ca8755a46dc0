using System.ComponentModel.DataAnnotations;
using Audrey.Hosting.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Audrey.Hosting.Tests.Settings;

public sealed class SettingsCheckTests
{
    [Fact]
    public void Values_at_the_ends_of_their_ranges_are_accepted()
    {
        Assert.Empty(SettingsCheck.Problems(new Sample { Port = 1, Wait = TimeSpan.FromMilliseconds(100), Share = 1 }, "Sample"));
        Assert.Empty(SettingsCheck.Problems(new Sample { Port = 65_535, Wait = TimeSpan.FromMinutes(1), Share = 99 }, "Sample"));
    }

    [Fact]
    public void Every_problem_is_reported_with_the_full_name_the_value_and_the_range()
    {
        var wrong = new Sample
        {
            Port = 0,
            Size = 1L << 40,
            Wait = TimeSpan.FromHours(1),
            Kind = (Kind)7,
            Share = 99.5,
            Part = { Votes = 11 },
        };
        wrong.Names.Add("b");

        Assert.Equal(
            [
                "Sample:Port is 0; it must be between 1 and 65535.",
                "Sample:Size is 1099511627776; it must be between 1024 and 8589934592.",
                "Sample:Wait is 01:00:00; it must be between 00:00:00.1 and 00:01:00.",
                "Sample:Kind is 7; it must be one of First, Second.",
                "Sample:Share is 99.5; it must be between 1 and 99.",
                "Sample:Part:Votes is 11; it must be between 1 and 10.",
                "Sample:Names:0 is 'b', not 'a'.",
            ],
            SettingsCheck.Problems(wrong, "Sample"));
    }

    [Fact]
    public void Options_are_validated_once_at_the_start_even_if_they_are_added_twice()
    {
        var services = new ServiceCollection();
        services.AddSettings<Sample>("Sample").Configure(options => options.Port = 0);
        services.AddSettings<Sample>("Sample");

        var validator = services.BuildServiceProvider().GetRequiredService<IStartupValidator>();
        var failure = Assert.Throws<OptionsValidationException>(validator.Validate);

        Assert.Single(failure.Failures);
    }

    [Fact]
    public void Settings_of_nested_classes_are_listed_and_a_star_stands_for_each_entry_of_a_list() => Assert.Equal(
        [
            "Sample:Port", "Sample:Size", "Sample:Wait", "Sample:Kind", "Sample:Share", "Sample:Part:Votes", "Sample:Names:*",
            "Sample:Parts:*:Votes",
        ],
        Setting.Of(typeof(Sample), "Sample").Select(setting => setting.Name));

    internal enum Kind
    {
        First,
        Second,
    }

    internal sealed class Sample : IValidatableObject
    {
        [Range(1, 65_535)]
        public int Port { get; set; } = 1;

        [Range(typeof(long), "1024", "8589934592")]
        public long Size { get; set; } = 1024;

        [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
        public TimeSpan Wait { get; set; } = TimeSpan.FromSeconds(1);

        public Kind Kind { get; set; }

        [Range(1.0, 99.0)]
        public double Share { get; set; } = 1;

        public Part Part { get; set; } = new();

        public IList<string> Names { get; } = [];

        public IList<Part> Parts { get; } = [];

        public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
        {
            for (var i = 0; i < Names.Count; i++)
                if (Names[i] != "a") yield return SettingsCheck.Broken($"{nameof(Names)}:{i}", $"is '{Names[i]}', not 'a'");
        }
    }

    internal sealed class Part
    {
        [Range(1, 10)]
        public int Votes { get; set; } = 1;
    }
}
