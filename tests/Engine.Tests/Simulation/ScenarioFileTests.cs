using Tactus.Engine.Simulation;

namespace Tactus.Engine.Tests.Simulation;

public sealed class ScenarioFileTests
{
    public static TheoryData<string> Names() => [.. ScenarioLibrary.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_scenario_of_the_library_loads_under_its_own_name(string name)
    {
        Scenario scenario = ScenarioLibrary.Find(name);
        Assert.Equal(name, scenario.Name);
        Assert.NotEmpty(scenario.Description);
    }

    [Theory]
    [InlineData("""{"name":"x","ruonds":3}""", "'ruonds' is unknown (did you mean 'rounds'?)")]
    [InlineData("""{"name":"x","faults":[{"kind":"particion","to":1,"split":[1,1]}]}""", "'particion' is unknown (did you mean 'partition'?)")]
    [InlineData("""{"name":"x","faults":[{"kind":"partition","to":1}]}""", "'split' names the sizes")]
    [InlineData("""{"name":"x","faults":[{"kind":"miss","from":2,"to":1}]}""", "'to' must be later than 'from'")]
    [InlineData("""{"name":"x","faults":[{"kind":"crash","to":1,"loss":"tron"}]}""", "'tron' is unknown (did you mean 'torn'?)")]
    [InlineData("""{"name":"x","faults":[{"kind":"miss","to":1,"count":"tolerate"}]}""", "(did you mean 'tolerated'?)")]
    [InlineData("""{"name":"x","nodes":0}""", "'nodes' is a whole number from 1 to 125")]
    [InlineData("""{"rounds":3}""", "'name' is missing")]
    [InlineData("""{"name":"x","network":{"delay":[5,2]}}""", "'delay' is [least, most]")]
    [InlineData("""{"name":"x","protocols":["gaspar"]}""", "'gaspar' is unknown (did you mean 'gasper'?)")]
    [InlineData("""{"name":"x","attack":{"from":2,"to":2}}""", "'to' must be later than 'from'")]
    [InlineData("""{"name":"x","faults":[{"kind":"sway","to":1,"split":[1,1],"amount":5}]}""", "and 'nodes' who sways them")]
    [InlineData("""{"name":"x","faults":[{"kind":"miss","to":1,"fresh":true}]}""", "how a node starts after a crash")]
    [InlineData("""{"name":"x","network":[]}""", "an object is expected")]
    [InlineData("""{"name":""", "no JSON")]
    public void What_is_wrong_is_named(string json, string expected)
    {
        ScenarioException error = Assert.Throws<ScenarioException>(() => ScenarioFile.Parse(json, "test"));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_scenario_is_told_apart_from_its_neighbours()
    {
        ScenarioException error = Assert.Throws<ScenarioException>(() => ScenarioLibrary.Find("random-fault"));
        Assert.Contains("did you mean 'random-faults'?", error.Message, StringComparison.Ordinal);
    }
}
